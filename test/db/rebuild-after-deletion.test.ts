// A rebuild where runs were deleted: what was counted of them stays, and all later is counted anew.
import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { rebuildTallies } from '../../db/rebuild-tallies.ts'
import { recount } from '../../db/recount.ts'
import { deleteRunPartitions, runsKeptSince } from '../../db/run-deletion.ts'
import { firstId, makeRunPartitions, runPartitions } from '../../db/run-partitions.ts'
import { storeRuns } from '../../db/store-runs.ts'
import type { ProcedureId } from '../../server/domain/ids.ts'
import { day, type Instant } from '../../server/domain/instant.ts'
import type { Run } from '../../server/domain/run.ts'
import { makeRunId } from '../../server/run-id.ts'
import { damages, spoilCounts } from '../support/damaged-tallies.ts'
import { everyGate, usual, usualRates } from '../support/every-gate.ts'
import { histories, tallied, talliedMetrics } from '../support/history.ts'
import { openTestDatabase } from '../support/open-test-database.ts'
import { type RawLine, rawLine, rawRollout } from '../support/raw-line.ts'

const { db } = await openTestDatabase()
const minute = 60_000

const counted = async (id: ProcedureId) => ({
  ...(await tallied(db, id)),
  metrics: await talliedMetrics(db, id),
})
const rebuild = (id: ProcedureId) => db.transaction((tx) => rebuildTallies(tx, id))

/** The end of the oldest partition, where the next one begins. */
async function nextEnd(): Promise<Instant> {
  const end = (await runPartitions(db))[0]?.to ?? 0
  await makeRunPartitions(db, end)
  return end
}

async function deleteBefore(end: Instant): Promise<void> {
  await db.transaction((tx) => deleteRunPartitions(tx, end))
  expect(await runsKeptSince(db)).toBe(end)
}

const rules = {
  ever: { attemptRule: 'ever' as const },
  day: { attemptRule: 'day' as const, zone: 'Europe/Paris' },
}

test.each(Object.keys(damages).flatMap((damage) => [[damage, 'ever'] as const, [damage, 'day'] as const]))(
  'where runs were deleted a rebuild gives what was counted before where, of later first attempts, %s: rule %s',
  {
    timeout: 120_000,
  },
  async (damage, rule) => {
    const shape = fc.record({
      /** Of the rollout that began before, into which the next one begins. */
      watchedUntil: fc.integer({ min: 100, max: 220 }),
      seed: fc.integer(),
    })
    await fc.assert(
      fc.asyncProperty(shape, async ({ watchedUntil, seed }) => {
        const end = await nextEnd()
        const at = (after: number) => end + (after - 120) * minute
        const line = await rawLine(db, { stations: 3, deployments: 3 }, rules[rule])
        const claim = { base: 0, gates: everyGate, usual, usualRates, stations: line.stations }
        const lost = [
          await rawRollout(db, line, { ...claim, canary: 2, from: at(0), to: at(60) }),
          await rawRollout(db, line, { ...claim, canary: 1, from: at(60), to: at(watchedUntil) }),
        ]
        const kept = [
          await rawRollout(db, line, { ...claim, canary: 2, from: at(120), to: at(200) }),
          await rawRollout(db, line, { ...claim, base: 1, canary: 2, from: at(150), to: null }),
        ]
        for (const batch of fc.sample(histories(line, at(0), 240), { numRuns: 2, seed }).flat())
          await db.transaction((tx) => storeRuns(tx, batch, new Date(end)))
        const right = await counted(line.procedureId)
        await deleteBefore(end)
        await damages[damage]?.(db, line.procedureId, firstId(end))
        await spoilCounts(db, line.procedureId, end)
        expect(await rebuild(line.procedureId)).toMatchObject({ rollouts: kept.length })
        expect(await counted(line.procedureId)).toEqual(right)
        for (const id of [...lost, ...kept]) await db.transaction((tx) => recount(tx, line.procedureId, id))
        expect(await counted(line.procedureId)).toEqual(right)
      }),
      { numRuns: 1 },
    )
  },
)

function passed(line: RawLine, unit: string, startedAt: Instant): Run {
  const [stationId, deploymentId] = [line.stations[0], line.deployments[0]]
  if (!stationId || !deploymentId) throw new Error('expected a line with a station and a build')
  const { procedureId } = line
  return {
    id: makeRunId({ stationId, procedureId, unit, startedAt }),
    procedureId,
    stationId,
    deploymentId,
    attributedBy: 'body',
    serial: unit,
    unit,
    outcome: 'PASS',
    startedAt,
    endedAt: startedAt + minute,
    zoneless: false,
    detail: {},
    product: null,
    shift: 0,
    sample: null,
    shadow: false,
    failureMode: null,
    failureText: null,
    measurementCount: null,
    metrics: {},
  }
}

const attempts = async (id: ProcedureId) =>
  (await tallied(db, id)).firstAttempts.map(({ unit, day: of, run }) => ({ unit, day: of, run }))

test('when the rule changes, a first attempt that was deleted as a run is still the first, of its day in the zone', async () => {
  const end = await nextEnd()
  const line = await rawLine(db, { stations: 1, deployments: 1 })
  const date = (at: Instant) => new Date(at).toISOString().slice(0, 10)
  // 23:30 in UTC, which is the next day in Paris; in summer 22:30 is too, and clocks change before any run that is left.
  const [old, retest, later] = [end - 30 * minute, end + 10 * minute, end + 2 * day].map((at) =>
    passed(line, 'a', at),
  )
  const summer = passed(line, 'b', Date.UTC(new Date(end).getUTCFullYear() - 1, 6, 1, 22, 30))
  if (!old || !retest || !later) throw new Error('expected three runs')
  await db.transaction((tx) => storeRuns(tx, [old, retest, later, summer], new Date(end)))
  const byUnit = [
    { unit: 'a', day: '', run: old.id },
    { unit: 'b', day: '', run: summer.id },
  ]
  expect(await attempts(line.procedureId)).toEqual(byUnit)
  const hours = (await tallied(db, line.procedureId)).hourly
  await deleteBefore(end)
  const change = (to: { attemptRule: string; zone: string }) =>
    db.execute(
      sql`update procedures set attempt_rule = ${to.attemptRule}, zone = ${to.zone} where id = ${line.procedureId}::uuid`,
    )

  await change(rules.day)
  await rebuild(line.procedureId)
  expect(await attempts(line.procedureId)).toEqual([
    { unit: 'a', day: date(end), run: old.id },
    { unit: 'a', day: date(end + 2 * day), run: later.id },
    { unit: 'b', day: date(summer.startedAt + day), run: summer.id },
  ])
  const days = (await tallied(db, line.procedureId)).hourly
  const units = (of: typeof hours) => of.reduce((sum, hour) => sum + hour.units, 0)
  expect([days.length, units(hours), units(days)]).toEqual([hours.length, 2, 3])

  await change({ attemptRule: 'day', zone: 'UTC' })
  await rebuild(line.procedureId)
  expect(await attempts(line.procedureId)).toEqual([
    { unit: 'a', day: date(end - day), run: old.id },
    { unit: 'a', day: date(end), run: retest.id },
    { unit: 'a', day: date(end + 2 * day), run: later.id },
    { unit: 'b', day: date(summer.startedAt), run: summer.id },
  ])

  await change({ attemptRule: 'ever', zone: 'UTC' })
  await rebuild(line.procedureId)
  expect(await attempts(line.procedureId)).toEqual(byUnit)
  expect((await tallied(db, line.procedureId)).hourly).toEqual(hours)
})

test('a procedure all of whose runs were deleted keeps its first attempts, each of its day', async () => {
  const end = await nextEnd()
  const line = await rawLine(db, { stations: 1, deployments: 1 }, rules.day)
  const runs = [1, 2, 3].map((before) => passed(line, 'a', end - before * day))
  await db.transaction((tx) => storeRuns(tx, runs, new Date(end)))
  const right = await counted(line.procedureId)
  expect(right.firstAttempts.length).toBe(3)
  await deleteBefore(end)
  expect(await rebuild(line.procedureId)).toEqual({ runs: 0, firstAttempts: 0, rollouts: 0 })
  expect(await counted(line.procedureId)).toEqual(right)
})
