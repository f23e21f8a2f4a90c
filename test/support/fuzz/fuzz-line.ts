// Where requests of the fuzz go: two procedures with builds, stations and rollouts that a person keeps going beside it.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { rows } from '../../../db/client.ts'
import { procedureId } from '../../../server/domain/ids.ts'
import { type Answer, adminToken, type TestService } from '../service-on.ts'
import type { Who } from './any-request.ts'
import { filledIn, type Known } from './known.ts'

type Bench = { id: string; key: string }
type Line = { procedure: string; benches: Bench[]; builds: string[] }

export type FuzzLine = Awaited<ReturnType<typeof fuzzLine>>

export async function fuzzLine(service: TestService) {
  const { ask, clock, database } = service
  const lines = [await newLine(service, 'Board'), await newLine(service, 'Burn-in')]
  let known = await whatIsKnown()

  /** Time passes, stations report, what waits is judged, and a procedure without a rollout gets one. */
  async function goOn(turn: number): Promise<void> {
    clock.pass(60_000 * (1 + (turn % 20)))
    await openAgain()
    for (const line of lines) {
      for (const [index, bench] of line.benches.entries()) {
        const { body } = await ask('GET', '/api/v1/stations/me/assignments', { token: bench.key })
        const assigned = assignments.safeParse(body).data?.assignments ?? []
        const own = assigned.find((each) => each.procedure_id === line.procedure)?.deployment?.id
        if (!own || (turn + index) % 3 === 0) continue
        await ask('POST', '/api/v1/runs', {
          token: bench.key,
          body: {
            procedure_id: line.procedure,
            serial_number: `SN-${(turn * 7 + index) % 40}`,
            outcome: (turn + index) % 5 === 0 ? 'FAIL' : 'PASS',
            started_at: clock.iso(-30_000),
            ended_at: clock.iso(-1_000),
            deployment_id: own,
          },
        })
      }
      const live = await service.service.list({ live: true, procedureId: procedureId.parse(line.procedure) })
      if (live.length === 0) {
        const build = await newBuild(service, line.procedure)
        line.builds.push(build)
        const stages = [{ target: { stations: 1 } }, { target: { share: 0.5 } }, { target: { share: 1 } }]
        await ask('POST', '/api/v1/rollouts', {
          body: { procedure_id: line.procedure, deployment_id: build, stages, reason: 'again' },
        })
      }
    }
    await service.judge()
    known = await whatIsKnown()
  }

  /** A policy that the fuzz has closed holds every start up. */
  async function openAgain(): Promise<void> {
    for (const url of [
      '/api/v1/policy',
      ...lines.map((line) => `/api/v1/procedures/${line.procedure}/policy`),
    ]) {
      const { version } = z.object({ version: z.int() }).parse((await ask('GET', url)).body)
      await ask('PUT', url, { body: { policy: {}, expected_version: version, reason: 'open again' } })
    }
  }

  async function whatIsKnown(): Promise<Known> {
    const list = async (statement: string) =>
      (await rows<{ id: string }>(database.db, sql.raw(statement))).map(({ id }) => id)
    return {
      procedure: lines.map((line) => line.procedure),
      deployment: await list('select id::text as id from deployments order by created_at desc limit 8'),
      station: lines.flatMap((line) => line.benches.map((bench) => bench.id)),
      rollout: (await list('select id::text as id from rollouts order by created_at desc limit 8')).reverse(),
      run: await list('select id::text as id from runs limit 8'),
      serial: ['SN-1', 'SN-2', 'sn-3', 'SN-4', 'SN-5', 'SN-6', 'SN-7', 'SN-8'],
      prefix: await list('select prefix as id from station_keys limit 8'),
      verdict: await list('select id::text as id from verdicts order by id desc limit 8'),
      alarm: await list('select id::text as id from station_alarms order by id desc limit 8'),
      freeze: ['0123456789ab'],
      upload: await list('select id::text as id from uploads limit 8'),
      gate: ['first-pass yield', 'error rate', 'duration'],
      time: [clock.iso(-86_400_000), clock.iso(-60_000), clock.iso(), clock.iso(-1_000)],
    }
  }

  return {
    goOn,
    filledIn: (text: string) => filledIn(text, known),
    authorization(who: Who, number: number): Record<string, string> {
      const benches = lines.flatMap((line) => line.benches)
      switch (who) {
        case 'admin':
          return { authorization: `Bearer ${adminToken}` }
        case 'station':
          return { authorization: `Bearer ${benches[number % benches.length]?.key}` }
        case 'nobody':
          return {}
        case 'wrong':
          return { authorization: `Bearer ${'w'.repeat(1 + (number % 5_000))}` }
        case 'malformed':
          return { authorization: ['Bearer', 'Basic Og==', 'Bearer a b', '\u00e9', ''][number % 5] ?? '' }
      }
    },
  }
}

const assignments = z.object({
  assignments: z.array(
    z.object({ procedure_id: z.string(), deployment: z.object({ id: z.string() }).nullish() }),
  ),
})
const withId = z.object({ id: z.string() })

async function newLine(service: TestService, name: string): Promise<Line> {
  const procedure = idOf(await service.ask('POST', '/api/v1/procedures', { body: { name } }))
  const base = await newBuild(service, procedure)
  const benches: Bench[] = []
  for (let index = 0; index < 4; index++) {
    const { body } = await service.ask('POST', '/api/v1/stations', {
      body: {
        name: `${name} ${index}`,
        site: 'Lyon',
        line: `L${1 + (index % 2)}`,
        procedure_ids: [procedure],
      },
    })
    benches.push(z.object({ id: z.string(), key: z.string() }).parse(body))
  }
  await service.ask('PUT', `/api/v1/procedures/${procedure}/active-deployment`, {
    body: { deployment_id: base, reason: 'what runs today' },
  })
  return { procedure, benches, builds: [base] }
}

let builds = 0
async function newBuild(service: TestService, procedure: string): Promise<string> {
  builds += 1
  return idOf(
    await service.ask('POST', '/api/v1/deployments', {
      body: {
        procedure_id: procedure,
        version: `v${builds}`,
        commit: { sha: builds.toString(16).padStart(40, '0'), message: 'a build', author: 'Ana' },
        artifact_url: `https://builds.test/${builds}.tar.gz`,
        artifact_sha256: builds.toString(16).padStart(64, '0'),
      },
    }),
  )
}

function idOf(answer: Answer): string {
  return withId.parse(answer.body).id
}
