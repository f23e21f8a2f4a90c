// Fifty writers at once over two processes: runs, decisions, pins, policies, links, and counting anew. Nobody waits for
// somebody who waits for him, every answer is one, and what was counted is what a recount counts.
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { openDatabase, rows } from '../../db/client.ts'
import { ingest } from '../../server/ingest.ts'
import { recounted, tallied } from '../support/history.ts'
import { openTestDatabase } from '../support/open-test-database.ts'
import { testClock } from '../support/test-clock.ts'
import { bareStages, type TestLine, testLine } from '../support/test-line.ts'
import { type Answer, openTestService, type TestService } from '../support/test-service.ts'

const clock = testClock()
const database = await openTestDatabase()
const replicas = [await replica(), await replica()] as const
const steps = 8

/** As the service does it: storing has its own connections. */
function replica(): Promise<TestService> {
  const { take } = ingest({
    database: { ...database, db: database.ingest },
    now: clock.now,
    stored: () => {},
  })
  return openTestService({ database, take, clock })
}

const [service] = replicas
const lines = await Promise.all(Array.from({ length: 4 }, () => testLine(service, { stations: 4 })))
for (const line of lines) expect((await line.start({ stages: bareStages })).status).toBe(201)
clock.pass(120_000)

function lineAt(number: number): TestLine {
  const line = lines[number % lines.length]
  if (!line) throw new Error('there are no lines')
  return line
}

/** What a writer asks for in its turn; many are refused, which is an answer. */
type Writer = (turn: number, line: TestLine, on: TestService) => Promise<Answer | undefined>

const outcomes = ['PASS', 'PASS', 'FAIL', 'ERROR', 'ABORTED']
const runs: Writer = (turn, _line, on) => {
  // Over all procedures in another order each time, with repeats of what others report.
  const said = Array.from({ length: 24 }, (_, index) => {
    const place = (index * 7 + turn * 5) % 24
    const line = lineAt(place)
    const start = -1_000 * ((turn * 3 + place) % 90)
    return {
      ...line.runBody({
        unit: `U-${(place + turn) % 17}`,
        outcome: outcomes[(place + turn) % outcomes.length] ?? 'PASS',
        deployment: [line.base, line.next, null][place % 3] ?? null,
        start,
      }),
      station_id: line.bench(place % 4).id,
    }
  })
  return on.ask('POST', '/api/v1/runs/batch', { body: { runs: said } })
}
const single: Writer = (turn, line, on) =>
  on.ask('POST', '/api/v1/runs', {
    token: line.bench(turn % 4).key,
    body: line.runBody({ unit: `U-${turn % 17}`, deployment: line.next, start: -1_000 * (turn % 60) }),
  })
const polls: Writer = async (turn, line, on) => {
  const bench = line.bench(turn % 4)
  await on.ask('GET', '/api/v1/stations/me/assignments', { token: bench.key })
  const body = {
    procedure_id: line.procedure,
    deployment_id: turn % 3 ? line.next : line.base,
    state: 'running',
  }
  return on.ask('POST', '/api/v1/stations/me/pickups', { token: bench.key, body })
}
const verbs = ['pause', 'resume', 'advance', 'undo', 'set', 'abort', 'waive', 'start', 'start', 'rollback']
const decides: Writer = async (turn, line, on) => {
  const verb = verbs[turn % verbs.length] ?? 'pause'
  if (verb === 'start')
    return on.ask('POST', '/api/v1/rollouts', {
      body: { procedure_id: line.procedure, deployment_id: line.next, stages: bareStages },
    })
  if (verb === 'rollback')
    return on.ask('POST', `/api/v1/procedures/${line.procedure}/rollback`, {
      body: { deployment_id: line.base, reason: 'all back' },
    })
  const [live] = await on.service.list({ live: true, procedureId: line.procedure })
  if (!live) return undefined
  return on.ask('POST', `/api/v1/rollouts/${live.id}/${verb}`, {
    body: { reason: 'because', override: true, share: 0.5, station_id: line.bench(0).id },
  })
}
const pins: Writer = (turn, line, on) =>
  on.ask(
    'POST',
    `/api/v2/stations/${line.bench(turn % 4).id}/deployments/${turn % 2 ? line.base : line.next}`,
    {
      body: { reason: 'by hand' },
    },
  )
const links: Writer = (turn, line, on) =>
  on.ask(turn % 2 ? 'POST' : 'DELETE', `/api/v1/procedures/${line.procedure}/stations/${line.bench(3).id}`)
const stands: Writer = (turn, line, on) =>
  on.ask(turn % 2 ? 'DELETE' : 'PUT', `/api/v1/stations/${line.bench(2).id}/hold`, {
    body: turn % 2 ? undefined : { reason: 'calibration' },
  })
const policies: Writer = async (turn, line, on) => {
  const url = turn % 2 ? '/api/v1/policy' : `/api/v1/procedures/${line.procedure}/policy`
  const { version } = (await on.ask('GET', url)).body
  return on.ask('PUT', url, { body: { policy: {}, expected_version: version, reason: 'agreed' } })
}
const countsAnew: Writer = (turn, line, on) =>
  turn % 2
    ? on.ask('POST', `/api/v1/procedures/${line.procedure}/rebuild-tallies`)
    : on.ask('PATCH', `/api/v1/procedures/${line.procedure}`, {
        body: { attempt_rule: turn % 4 ? 'day' : 'ever' },
      })
const judges: Writer = async (_turn, line, on) => {
  await on.judge(line.procedure)
  await on.look(line.procedure)
  return undefined
}

const writers: Writer[] = [
  ...Array.from({ length: 10 }, () => runs),
  ...Array.from({ length: 6 }, () => single),
  ...Array.from({ length: 6 }, () => polls),
  ...Array.from({ length: 10 }, () => decides),
  ...Array.from({ length: 4 }, () => pins),
  ...Array.from({ length: 3 }, () => links),
  ...Array.from({ length: 2 }, () => stands),
  ...Array.from({ length: 3 }, () => policies),
  ...Array.from({ length: 2 }, () => countsAnew),
  ...Array.from({ length: 4 }, () => judges),
]

test('fifty writers wait for one another in no circle', { timeout: 300_000 }, async () => {
  expect(writers).toHaveLength(50)
  const wrong: string[] = []
  const answered: Record<number, number> = {}
  await Promise.all(
    writers.map(async (write, index) => {
      for (let turn = 0; turn < steps; turn++) {
        const on = replicas[index % 2 === 0 ? 0 : 1]
        const answer = await write(turn * 11 + index, lineAt(index + turn), on).catch((error: unknown) =>
          String(error),
        )
        if (typeof answer === 'string') wrong.push(`${write.name}: ${answer}`)
        else if (answer) {
          answered[answer.status] = (answered[answer.status] ?? 0) + 1
          if (answer.status >= 500) wrong.push(`${write.name}: ${JSON.stringify(answer.body)}`)
          for (const each of answer.body?.results ?? [])
            if (each.status !== 200) wrong.push(`${write.name}: ${JSON.stringify(each)}`)
        }
      }
    }),
  )
  expect(wrong).toEqual([])
  expect((answered[200] ?? 0) + (answered[207] ?? 0)).toBeGreaterThan(100)
  expect(await deadlocks()).toBe(0)
  for (const line of lines) {
    await service.ask('PATCH', `/api/v1/procedures/${line.procedure}`, { body: { attempt_rule: 'ever' } })
    const counted = await tallied(database.db, line.procedure)
    expect(counted.firstAttempts.length).toBeGreaterThan(0)
    expect(counted).toEqual(await recounted(database.db, line.procedure))
  }
})

/** Those that PostgreSQL has ended in this database, also where somebody tried again and nobody was told. */
async function deadlocks(): Promise<number> {
  if (database.engine.kind !== 'postgres') throw new Error('expected PostgreSQL')
  const own = await openDatabase({ url: database.engine.url })
  try {
    const [found] = await rows<{ count: number }>(
      own.db,
      sql`select deadlocks::int as count from pg_stat_database where datname = current_database()`,
    )
    return found?.count ?? 0
  } finally {
    await own.close()
  }
}
