// A line whose procedure is kept in TofuPilot: the stand-in, a service, and whatever its jobs do when they are let.
import { randomBytes } from 'node:crypto'
import { expect } from 'vitest'
import { type TofupilotBackend, tofupilotBackend } from '../../server/backends/tofupilot/backend.ts'
import { tofupilotClient } from '../../server/backends/tofupilot/client.ts'
import { builds } from '../../server/builds.ts'
import type { DeploymentId, ProcedureId, StationId } from '../../server/domain/ids.ts'
import { ingest } from '../../server/ingest.ts'
import type { DeliveryResult, TofupilotJob } from '../../server/service.ts'
import { testClock } from './test-clock.ts'
import { openTestService } from './test-service.ts'
import { type StandIn, tofupilotStandIn, tofupilotToken } from './tofupilot-stand-in.ts'

const minute = 60_000
export const pollSeconds = 20
/** A little less than three readings take: the line is never taken for silent. */
const heardMs = 55_000
const sha = (seed: string) => seed.repeat(40).slice(0, 40)

/** Linked, with base active on every station, and runs of base. @param names of the stations. */
export async function backedLine(names = ['FCT-01', 'FCT-02', 'FCT-03', 'FCT-04']) {
  const clock = testClock()
  const tofupilot: StandIn = await tofupilotStandIn(clock.now)
  const client = tofupilotClient({ url: tofupilot.url, token: tofupilotToken })
  const service = await openTestService({ clock, tofupilot: client })
  const { ask, database, jobs } = service

  /** What a process has in its memory is new with each of these. */
  function aProcess(): TofupilotBackend {
    const { now } = clock
    const deliveries = { send: async (_tx: unknown, job: (typeof jobs)[number]) => void jobs.push(job) }
    const take = ingest({ database, now, stored: () => {} }).take
    const parts = { builds: builds({ database, now, deliveries }), take, deliveries, changed: () => {} }
    return tofupilotBackend({ database, client, ...parts, pollSeconds, now, log: service.app.log })
  }

  let backend = aProcess()
  const procedure: ProcedureId = (
    await ask('POST', '/api/v1/procedures', { body: { name: `Board ${randomBytes(4).toString('hex')}` } })
  ).body.id
  for (const name of names) tofupilot.addStation(`${name}-${procedure.slice(0, 4)}`)
  const base = tofupilot.addBuild(sha('ba5e'))
  for (const station of tofupilot.stations) tofupilot.give(station, base)
  tofupilot.pins.length = 0
  clock.pass(minute)
  const linked = await ask('PUT', `/api/v1/procedures/${procedure}/tofupilot`, {
    body: { tofupilot_id: tofupilot.procedure.id },
  })
  expect(linked.status).toBe(200)

  const read = (): Promise<DeliveryResult> =>
    backend.carryOut({ kind: 'tofupilot reading', procedureId: procedure })
  /** Whatever is queued for TofuPilot, once each. @returns what each came to. */
  async function work(): Promise<DeliveryResult[]> {
    const results: DeliveryResult[] = []
    const queued = jobs.splice(0).filter((job): job is TofupilotJob => job.kind.startsWith('tofupilot'))
    const distinct = new Map(queued.map((job) => [JSON.stringify(job), job]))
    for (const job of distinct.values())
      if (job.kind === 'tofupilot pins') results.push(await backend.carryOut(job))
    return results
  }
  async function buildOf(commit: string): Promise<DeploymentId> {
    const { body } = await ask('GET', `/api/v1/procedures/${procedure}/deployments`)
    const found = body.data.find((each: { commit: { sha: string } }) => each.commit.sha === commit)
    expect(found, `a build of ${commit}`).toBeTruthy()
    return found.id
  }

  await read()
  const activated = await ask('PUT', `/api/v1/procedures/${procedure}/active-deployment`, {
    body: { deployment_id: await buildOf(base.sha), reason: 'what runs today' },
  })
  expect(activated.status).toBe(200)
  await work()

  const line = {
    ...{ service, ask, clock, tofupilot, procedure, base, read, work, buildOf, jobs },
    /** Reads once and judges, as both do all the time. */
    async look(): Promise<DeliveryResult> {
      const result = await read()
      await work()
      await service.judge(procedure)
      return result
    },
    /** Time goes by, with a reading in time. */
    async pass(ms: number): Promise<void> {
      for (let left = ms; left > 0; left -= heardMs) {
        clock.pass(Math.min(left, heardMs))
        await line.look()
      }
    },
    /** The process dies with all it knew. */
    restart(): void {
      backend = aProcess()
    },
    carryOut: (job: TofupilotJob) => backend.carryOut(job),
    /** A new build, ready for so long that automatic pushes would have shown. */
    async newBuild(seed: string) {
      const build = tofupilot.addBuild(sha(seed))
      await read()
      clock.pass(61_000)
      await read()
      return build
    },
    async start(commit: string, more: Record<string, unknown> = {}) {
      return ask('POST', '/api/v1/rollouts', {
        body: { procedure_id: procedure, deployment_id: await buildOf(commit), ...more },
      })
    },
    standing: async () => (await ask('GET', `/api/v1/procedures/${procedure}/tofupilot`)).body,
    view: async (rollout: string) => (await ask('GET', `/api/v1/rollouts/${rollout}`)).body,
    decide: (rollout: string, verb: string, body: Record<string, unknown> = {}) =>
      ask('POST', `/api/v1/rollouts/${rollout}/${verb}`, { body }),
    stationNamed: (name: string) =>
      tofupilot.stations.find((each) => each.name.startsWith(name)) ?? raise(name),
    async idOf(name: string): Promise<StationId> {
      const { stations } = await line.standing()
      return stations.find((each: { name: string }) => each.name.startsWith(name)).id
    },
  }
  return line
}

function raise(name: string): never {
  throw new Error(`no station ${name}`)
}
