// Runs lie in partitions by the time that their ids begin with; the next partition is there before it is needed.
import { sql } from 'drizzle-orm'
import { beforeAll, expect, test } from 'vitest'
import { rows } from '../../db/client.ts'
import { analyzeRuns, makeRunPartitions, runPartitions } from '../../db/run-partitions.ts'
import { storeRuns } from '../../db/store-runs.ts'
import { day, type Instant } from '../../server/domain/instant.ts'
import type { Run } from '../../server/domain/run.ts'
import { makeRunId } from '../../server/run-id.ts'
import { recounted, tallied } from '../support/history.ts'
import { openTestDatabase } from '../support/open-test-database.ts'
import { rawLine } from '../support/raw-line.ts'
import { aRun } from '../support/run-builder.ts'

const { db } = await openTestDatabase()
const line = await rawLine(db, { stations: 1, deployments: 1 })
let end: Instant
beforeAll(async () => {
  const [first, ...others] = await runPartitions(db)
  if (!first) throw new Error('no partition')
  expect(first).toMatchObject({ name: 'runs_first', from: null })
  expect(others).toEqual([])
  end = first.to
})

/** Runs of units of their own, that start then. */
function runsAt(...starts: Instant[]): Run[] {
  return starts.map((startedAt, index) => {
    const key = { stationId: line.stations[0] as Run['stationId'], procedureId: line.procedureId, startedAt }
    const unit = `${startedAt} ${index}`
    return aRun(index, {
      ...key,
      id: makeRunId({ ...key, unit }),
      serial: unit,
      unit,
      deploymentId: line.deployments[0] ?? null,
      endedAt: startedAt + 1_000,
    })
  })
}

const store = (runs: Run[]) => db.transaction((tx) => storeRuns(tx, runs, new Date(end)))
/** In which partition how many runs lie. */
const lying = async () =>
  Object.fromEntries(
    (
      await rows<{ name: string; count: number }>(
        db,
        sql`select tableoid::regclass::text as name, count(*)::int as count from runs group by 1 order by 1`,
      )
    ).map(({ name, count }) => [name, count]),
  )

test('as long as the last partition goes on for days nothing is made', async () => {
  expect(await makeRunPartitions(db, end - 11 * day)).toEqual([])
  expect(await runPartitions(db)).toHaveLength(1)
})

test('the next one begins where the last ends, takes what lay outside, and repeats stay repeats', async () => {
  const runs = runsAt(end - 1, end, end + 3 * day, end + 800 * day, Date.UTC(2000, 1, 1))
  expect((await store(runs)).size).toBe(5)
  expect(await lying()).toEqual({ runs_first: 2, runs_other: 3 })
  // Two processes find at once that it is time.
  const both = await Promise.all([1, 2].map(() => makeRunPartitions(db, end - 9 * day)))
  const [made, ...more] = both.flat()
  expect(more).toEqual([])
  expect(made?.from).toBe(end)
  expect(Math.round(((made?.to ?? 0) - end) / day)).toBeGreaterThanOrEqual(365)
  expect(await lying()).toEqual({ runs_first: 2, [made?.name ?? '']: 2, runs_other: 1 })
  expect((await store([...runs, ...runsAt(end + 5)])).size).toBe(1)
  expect(await tallied(db, line.procedureId)).toEqual(await recounted(db, line.procedureId))
  expect(await runPartitions(db)).toHaveLength(2)
})

test('it has every index of the whole table', async () => {
  const counts = await rows<{ name: string; count: number }>(
    db,
    sql`select indrelid::regclass::text as name, count(*)::int as count from pg_index where indisvalid
          and (indrelid = 'runs'::regclass or indrelid in (select inhrelid from pg_inherits where inhparent = 'runs'::regclass))
        group by 1`,
  )
  expect(counts).toHaveLength(4)
  expect(new Set(counts.map(({ count }) => count)).size).toBe(1)
})

test('the planner knows what all partitions hold together', async () => {
  await analyzeRuns(db)
  const known = await rows<{ column: string }>(
    db,
    sql`select attname::text as column from pg_stats where tablename = 'runs' and inherited order by 1`,
  )
  expect(known.map(({ column }) => column)).toEqual(
    expect.arrayContaining(['procedure_id', 'station_id', 'unit']),
  )
})

test('the more runs come in, the narrower it is: to the next month, or a day; and none is left out', async () => {
  const last = async () => (await runPartitions(db)).at(-1)?.to ?? 0
  const from = await last()
  // 70 in the week before: 10 a day.
  await store(runsAt(...Array.from({ length: 70 }, (_, index) => from - 5 * day - index * 60_000)))
  const now = from - 5 * day
  const byMonth = await makeRunPartitions(db, now, 10 * 40)
  expect(byMonth).toMatchObject([
    { from, to: new Date(from).setUTCMonth(new Date(from).getUTCMonth() + 1, 1) },
  ])
  const then = await last()
  await store(runsAt(...Array.from({ length: 70 }, (_, index) => then - 3 * day - index * 60_000)))
  const byDay = await makeRunPartitions(db, then - 3 * day, 10 * 20)
  expect(byDay.map(({ from, to }) => [from, to])).toEqual(
    Array.from({ length: 8 }, (_, index) => [then + index * day, then + (index + 1) * day]),
  )
})
