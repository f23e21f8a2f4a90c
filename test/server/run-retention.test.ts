// Runs of long ago are deleted, whole partitions at a time, and nothing that was decided or counted changes by it.
import { sql } from 'drizzle-orm'
import Fastify from 'fastify'
import { beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { rows } from '../../db/client.ts'
import { hourDrift } from '../../db/hour-drift.ts'
import { makeRunPartitions, runPartitions } from '../../db/run-partitions.ts'
import { day, hour } from '../../server/domain/instant.ts'
import { partitionsAhead } from '../../server/partitions-ahead.ts'
import { testLine } from '../support/test-line.ts'
import { testRollout } from '../support/test-rollout.ts'
import { openTestService } from '../support/test-service.ts'

const service = await openTestService()
const { ask, clock, database } = service
const { db } = database
const line = await testLine(service, { stations: 3 })
const other = await testLine(service, { stations: 1 })
/** The end of the first partition: what lies before it is deleted below. */
let end: number
let oldRollout: string

/** All that is counted or decided, as text. */
const counted = async () =>
  Object.fromEntries(
    await Promise.all(
      ['hourly_tallies', 'arm_tallies', 'metric_tallies', 'first_attempts', 'verdicts', 'events'].map(
        async (table) => [
          table,
          (
            await rows<{ row: string }>(
              db,
              sql`select to_jsonb(t)::text as row from ${sql.identifier(table)} t order by 1`,
            )
          ).map(({ row }) => row),
        ],
      ),
    ),
  )
const runsStored = async () =>
  (await rows<{ unit: string }>(db, sql`select unit from runs order by unit`)).map(({ unit }) => unit)
const remove = (before: number) =>
  ask('POST', '/api/v1/run-deletions', {
    body: { before: new Date(before).toISOString(), reason: 'a year is enough' },
  })

beforeAll(async () => {
  // A rollout of before, with its runs and an abort, so that there is something to contain.
  const old = await testRollout(service, line)
  oldRollout = old.id
  await old.confirm()
  for (const [index, bench] of (await old.canaries()).entries())
    for (let unit = 0; unit < 3; unit++) {
      clock.pass(60_000)
      await line.run({
        station: bench,
        unit: `old-${index}-${unit}`,
        deployment: line.next,
        outcome: 'FAIL',
      })
    }
  await service.judge(line.procedure)
  await old.verb('abort', { reason: 'yield fell' })
  for (const bench of line.benches) await line.run({ station: bench, unit: `back-${bench.name}` })
  await service.judge(line.procedure)
  const [first] = await runPartitions(db)
  end = first?.to ?? 0
  clock.pass(end - clock.now() - 9 * day)
  await makeRunPartitions(db, clock.now())
  clock.pass(20 * day)
  for (const bench of line.benches) {
    clock.pass(60_000)
    await line.run({ station: bench, unit: `new-${bench.name}` })
    // A retest of a unit whose first attempt is of before.
    await line.run({ station: bench, unit: 'old-0-0' })
  }
})

test('a time of late is refused, with what could be asked for', async () => {
  const answer = await remove(clock.now() - 30 * day)
  expect(answer).toMatchObject({ status: 422, body: { code: 'invalid' } })
  expect(answer.body.message).toContain('at least 90 days ago')
})

test('partitions with runs of a live rollout are kept, and the answer names it', async () => {
  clock.pass(100 * day)
  const live = await rows(
    db,
    sql`select 1 from runs where started_at < ${new Date(end).toISOString()}::timestamptz`,
  )
  expect(live.length).toBeGreaterThan(0)
  await db.execute(sql`update rollouts set status = 'paused' where id = ${oldRollout}::uuid`)
  const answer = await remove(end)
  expect(answer).toMatchObject({ status: 200, body: { deleted: [], kept_for: { rollout_id: oldRollout } } })
  await db.execute(sql`update rollouts set status = 'aborted' where id = ${oldRollout}::uuid`)
})

test('what is old goes, and no tally, verdict, event or first attempt changes', async () => {
  const before = await counted()
  expect((await remove(end - 1)).body).toEqual({ deleted: [], kept_for: null })
  const answer = await remove(end + day)
  expect(answer.body).toMatchObject({ deleted: [{ name: 'runs_first', from: null }], kept_for: null })
  expect(await counted()).toEqual(before)
  expect((await runsStored()).filter((unit) => unit.startsWith('old-') || unit.startsWith('back-'))).toEqual(
    Array(3).fill('old-0-0'),
  )
  expect((await ask('GET', '/api/v1/run-partitions')).body.kept_since).toBe(new Date(end).toISOString())
  const runsOfUnit = await ask('GET', `/api/v1/procedures/${line.procedure}/units/old-0-0/runs`)
  expect(runsOfUnit.body.meta).toEqual({ kept_since: new Date(end).toISOString() })
  const told = await rows<{ id: string; body: object }>(
    db,
    sql`select procedure_id::text as id, body from procedure_events where type = 'RunsDeleted' order by 1`,
  )
  expect(told.map(({ id }) => id)).toEqual([line.procedure, other.procedure].sort())
  expect(told[0]?.body).toMatchObject({
    before: end,
    why: 'a year is enough',
    by: { kind: expect.any(String) },
  })
})

test('counting anew and the check of each hour leave what was counted of deleted runs as it is', async () => {
  const before = await counted()
  const rebuilt = await ask('POST', `/api/v1/procedures/${line.procedure}/rebuild-tallies`)
  expect(rebuilt.status).toBe(200)
  expect(await counted()).toEqual(before)
  const hours = await rows<{ at: number }>(
    db,
    sql`select distinct (extract(epoch from hour) * 1000)::float8 as at from hourly_tallies order by 1`,
  )
  expect(hours[0]?.at).toBeLessThan(end)
  for (const { at } of hours)
    expect(await hourDrift(db, line.procedure, Math.floor(at / hour) * hour)).toEqual([])
})

test('a run of before, sent again, is refused alone and counted nowhere; those beside it are stored', async () => {
  const before = await counted()
  const late = {
    ...line.runBody({ unit: 'old-0-1' }),
    started_at: new Date(end - day).toISOString(),
    ended_at: new Date(end - day + 1_000).toISOString(),
  }
  const token = line.bench(0).key
  const alone = await ask('POST', '/api/v1/runs', { token, body: late })
  expect(alone).toMatchObject({ status: 422, body: { code: 'invalid' } })
  expect(alone.body.message).toContain('were deleted')
  expect(await counted()).toEqual(before)
  const batch = await ask('POST', '/api/v1/runs/batch', {
    token,
    body: { runs: [late, line.runBody({ unit: 'beside' })] },
  })
  expect(batch.body.results).toMatchObject([{ status: 422 }, { status: 200 }])
})

test('the list of what an old build judged says that runs are gone', async () => {
  const { body } = await ask('GET', `/api/v1/rollouts/${oldRollout}/containment`)
  expect(body.containment.deleted_before).toBe(end)
})

test('by age, where a number of days is set: once the service starts, and then every hour', async () => {
  const [first] = await runPartitions(db)
  clock.pass((first?.to ?? 0) - clock.now() + 91 * day)
  const { log } = Fastify({ logger: false })
  const forEver = partitionsAhead({ database, now: clock.now, log, keepDays: null })
  onTestFinished(() => forEver.stop())
  await vi.waitFor(async () => expect((await runPartitions(db)).length).toBeGreaterThan(1), {
    timeout: 10_000,
  })
  expect((await runPartitions(db))[0]).toEqual(first)
  const byAge = partitionsAhead({ database, now: clock.now, log, keepDays: 90 })
  onTestFinished(() => byAge.stop())
  await vi.waitFor(async () => expect((await runPartitions(db))[0]?.from).toBe(first?.to), {
    timeout: 10_000,
  })
})
