// A test line: one procedure with an active build, a next build and linked stations, registered over HTTP.
import { randomBytes } from 'node:crypto'
import { expect } from 'vitest'
import type { DeploymentId, ProcedureId, StationId } from '../../server/domain/ids.ts'
import type { Answer, TestService } from './test-service.ts'

export type Bench = { id: StationId; name: string; key: string }
export type RunSaid = {
  station: Bench
  /** Serial number; one of its own when absent. */
  unit?: string
  outcome?: string
  deployment?: DeploymentId | null
  /** Milliseconds from the present moment; negative is the past. */
  start?: number
  seconds?: number
  more?: Record<string, unknown>
}
export type TestLine = Awaited<ReturnType<typeof testLine>>

export async function testLine(service: TestService, options: { stations?: number; name?: string } = {}) {
  const { ask, clock } = service
  const mark = randomBytes(4).toString('hex')
  const procedure: ProcedureId = await made(
    ask('POST', '/api/v1/procedures', { body: { name: options.name ?? `Board ${mark}` } }),
  )
  const build = (version: string, more: Record<string, unknown> = {}): Promise<DeploymentId> =>
    made(
      ask('POST', '/api/v1/deployments', {
        body: {
          procedure_id: procedure,
          version,
          commit: { sha: randomBytes(20).toString('hex'), message: `build ${version}`, author: 'Ana' },
          artifact_url: `https://builds.test/${encodeURIComponent(version)}.tar.gz`,
          artifact_sha256: randomBytes(32).toString('hex'),
          ...more,
        },
      }),
    )
  const base = await build('v1')
  const next = await build('v2')
  const benches: Bench[] = []
  const addBench = async (more: Record<string, unknown> = {}): Promise<Bench> => {
    const name = `ST-${mark}-${String(benches.length + 1).padStart(2, '0')}`
    const answer = await ask('POST', '/api/v1/stations', {
      body: { name, site: 'Lyon', line: `L${1 + (benches.length % 2)}`, procedure_ids: [procedure], ...more },
    })
    expect(answer.status).toBe(201)
    const bench = { id: answer.body.id as StationId, name, key: answer.body.key as string }
    benches.push(bench)
    return bench
  }
  for (let count = 0; count < (options.stations ?? 4); count++) await addBench()
  const activated = await ask('PUT', `/api/v1/procedures/${procedure}/active-deployment`, {
    body: { deployment_id: base, reason: 'what runs today' },
  })
  expect(activated.status).toBe(200)

  const runBody = ({
    unit,
    outcome = 'PASS',
    deployment,
    start = 0,
    seconds = 42,
    more = {},
  }: Omit<RunSaid, 'station'>) => ({
    procedure_id: procedure,
    serial_number: unit ?? `SN-${randomBytes(6).toString('hex')}`,
    outcome,
    started_at: clock.iso(start),
    ended_at: clock.iso(start + seconds * 1000),
    ...(deployment ? { deployment_id: deployment } : {}),
    ...more,
  })

  return {
    procedure,
    base,
    next,
    benches,
    bench: (index: number): Bench => benches[index] ?? raise(`no bench ${index}`),
    benchOf: (id: string): Bench => benches.find((bench) => bench.id === id) ?? raise(`no bench ${id}`),
    build,
    addBench,
    runBody,
    /** Reports one run by the station's own key. */
    run: ({ station, ...said }: RunSaid): Promise<Answer> =>
      ask('POST', '/api/v1/runs', { token: station.key, body: runBody(said) }),
    /** Reports many at once; each must be stored. */
    async runs(said: RunSaid[]): Promise<void> {
      for (let from = 0; from < said.length; from += 1000) {
        const runs = said
          .slice(from, from + 1000)
          .map(({ station, ...each }) => ({ ...runBody(each), station_id: station.id }))
        const answer = await ask('POST', '/api/v1/runs/batch', { body: { runs } })
        expect(answer.status).toBe(207)
        expect(answer.body.results.filter((result: { status: number }) => result.status !== 200)).toEqual([])
      }
    },
    pickup: (
      station: Bench,
      deployment: DeploymentId,
      state = 'running',
      message?: string,
    ): Promise<Answer> =>
      ask('POST', '/api/v1/stations/me/pickups', {
        token: station.key,
        body: { procedure_id: procedure, deployment_id: deployment, state, ...(message ? { message } : {}) },
      }),
    assignments: (station: Bench): Promise<Answer> =>
      ask('GET', '/api/v1/stations/me/assignments', { token: station.key }),
    /** What the station is pinned to for this procedure. */
    async pinned(station: Bench): Promise<string | null> {
      const answer = await ask('GET', '/api/v1/stations/me/assignments', { token: station.key })
      const own = answer.body.assignments.find(
        (each: { procedure_id: string }) => each.procedure_id === procedure,
      )
      return own?.deployment?.id ?? null
    },
    start: (body: Record<string, unknown> = {}): Promise<Answer> =>
      ask('POST', '/api/v1/rollouts', { body: { procedure_id: procedure, deployment_id: next, ...body } }),
  }
}

/** Stages without soak or samples, so that a test adds only what it is about. */
export const bareStages = [{ target: { stations: 1 } }, { target: { share: 0.5 } }, { target: { share: 1 } }]

async function made<Id>(answering: Promise<Answer>): Promise<Id> {
  const answer = await answering
  expect(answer.body).toMatchObject({ id: expect.any(String) })
  expect(answer.status).toBe(201)
  return answer.body.id as Id
}

function raise(why: string): never {
  throw new Error(why)
}
