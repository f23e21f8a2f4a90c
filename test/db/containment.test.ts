// A containment list of 100,000 units: counted in one look, read in pages that cost what they hold.
import { sql } from 'drizzle-orm'
import { beforeAll, expect, test } from 'vitest'
import { containedUnits } from '../../db/contained-units.ts'
import { type ContainmentScope, containmentCounts, containmentScope } from '../../db/containment.ts'
import { openTestDatabase } from '../support/open-test-database.ts'
import { rawLine, rawRollout } from '../support/raw-line.ts'

const units = Number(process.env.CONTAINED_UNITS ?? 100_000)
const { db } = await openTestDatabase()
let scope: ContainmentScope

beforeAll(async () => {
  const line = await rawLine(db, { stations: 2, deployments: 2 })
  const from = Date.UTC(2026, 4, 1)
  const id = await rawRollout(db, line, { canary: 1, base: 0, stations: line.stations, from, to: null })
  const runs = (deployment: number, every: number, seconds: number, outcome: string) =>
    sql`insert into runs (procedure_id, id, station_id, deployment_id, attributed_by, serial, unit, outcome, started_at, ended_at, received_at)
      select ${line.procedureId}::uuid, gen_random_uuid(), ${line.stations[0]}::uuid, ${line.deployments[deployment]}::uuid, 'body',
        'SN-' || n, 'sn-' || n, ${sql.raw(outcome)}, at, at + interval '40 seconds', at + interval '41 seconds'
      from generate_series(1, ${units}::int) n
      cross join lateral (select ${new Date(from).toISOString()}::timestamptz + (n * interval '1 second') + (${seconds}::int * interval '1 second') as at) moment
      where n % ${every}::int = 0`
  await db.execute(runs(1, 1, 0, `case when n % 10 = 0 then 'FAIL' else 'PASS' end`))
  await db.execute(runs(1, 20, 5, `'PASS'`))
  await db.execute(runs(0, 4, 500_000, `case when n % 8 = 0 then 'FAIL' else 'PASS' end`))
  await db.execute(sql`analyze runs`)
  const found = await containmentScope(db, id)
  if (!found) throw new Error('expected a rollout')
  scope = found
}, 300_000)

async function took<Result>(work: () => Promise<Result>): Promise<[Result, number]> {
  const started = performance.now()
  return [await work(), performance.now() - started]
}

test('is counted in one look', async () => {
  const [counts, ms] = await took(() => containmentCounts(db, scope))
  console.info(`${units} units counted in ${ms.toFixed(0)} ms`)
  // One in ten failed, half of them passed at a second try; every fourth was tested again, half of these failed.
  expect(counts).toMatchObject({
    units,
    runs: units * 1.05,
    retested: units / 4,
    escapes: { units: units * 0.95 },
    falseScrap: { units: units * 0.05, failed: units * 0.05, open: units * 0.05 },
  })
  expect(counts.escapes.confirmedGood).toBe(units / 8)
  expect(counts.escapes.confirmedBad).toBe(units / 8)
  expect(ms).toBeLessThan(60_000)
})

test('is read page by page, each unit once', async () => {
  const page = (after: string | null, limit = 200) =>
    containedUnits(db, scope, { list: null, open: false, after, limit })
  const [first, firstMs] = await took(() => page(null))
  expect(first).toHaveLength(200)
  let after: string | null = null
  let seen = 0
  for (;;) {
    const found = await page(after, 5_000)
    seen += found.length
    after = found.at(-1)?.runId ?? after
    if (found.length < 5_000) break
  }
  expect(seen).toBe(units)
  const [, failedMs] = await took(() =>
    containedUnits(db, scope, { list: 'false scrap', open: true, after: null, limit: 200 }),
  )
  console.info(`first page ${firstMs.toFixed(0)} ms, 200 of the failed ones ${failedMs.toFixed(0)} ms`)
  expect(firstMs).toBeLessThan(5_000)
}, 300_000)
