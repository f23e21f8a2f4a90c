// A rebuild gives what counting run by run gave: whatever was wrong before it, and whatever rollouts claim and count.
import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { rebuildTallies } from '../../db/rebuild-tallies.ts'
import { firstId } from '../../db/run-partitions.ts'
import { storeRuns } from '../../db/store-runs.ts'
import type { ProcedureId } from '../../server/domain/ids.ts'
import { damages, spoilCounts } from '../support/damaged-tallies.ts'
import { everyGate, usual, usualRates } from '../support/every-gate.ts'
import { histories, tallied, talliedMetrics } from '../support/history.ts'
import { openTestDatabase } from '../support/open-test-database.ts'
import { rawLine, rawRollout } from '../support/raw-line.ts'

const { db } = await openTestDatabase()
const minute = 60_000
const begin = Date.parse('2026-03-28T22:30:00Z')
const minutes = 240

const counted = async (id: ProcedureId) => ({
  ...(await tallied(db, id)),
  metrics: await talliedMetrics(db, id),
})

const rules = {
  ever: { attemptRule: 'ever' as const },
  day: { attemptRule: 'day' as const, zone: 'Europe/Paris' },
}

test.each(Object.keys(damages).flatMap((damage) => [[damage, 'ever'] as const, [damage, 'day'] as const]))(
  'a rebuild gives what was counted run by run where, of first attempts, %s: rule %s',
  {
    timeout: 120_000,
  },
  async (damage, rule) => {
    const shape = fc.record({
      /** Of the watched rollout, into which the next one begins. */
      watchedUntil: fc.integer({ min: 40, max: 150 }),
      excluded: fc.tuple(fc.integer({ min: 0, max: 200 }), fc.option(fc.integer({ min: 1, max: 90 }))),
      seed: fc.integer(),
    })
    await fc.assert(
      fc.asyncProperty(shape, async ({ watchedUntil, excluded: [from, lasts], seed }) => {
        const line = await rawLine(db, { stations: 3, deployments: 3 }, rules[rule])
        const claim = { base: 0, gates: everyGate, usual, usualRates, stations: line.stations.slice(0, 2) }
        const at = (after: number) => begin + after * minute
        await rawRollout(db, line, { ...claim, canary: 2, from: at(0), to: at(20) })
        await rawRollout(db, line, { ...claim, canary: 1, from: at(20), to: at(watchedUntil) })
        await rawRollout(db, line, {
          ...claim,
          base: 1,
          canary: 2,
          from: at(60),
          to: null,
          usual: { ...usual, 'duration, increase': 20_000, current: 7 },
          stations: line.stations,
          gates: everyGate.map((gate) =>
            gate.metric === 'duration' ? { ...gate, shiftRelative: 0.31 } : gate,
          ),
        })
        const span = { from: at(from), to: lasts === null ? null : at(from + lasts) }
        await db.execute(
          sql`update rollout_stations set progress = progress || ${JSON.stringify({ uncounted: [span] })}::text::jsonb
            where procedure_id = ${line.procedureId}::uuid and station_id = ${line.stations[0]}::uuid`,
        )
        for (const batch of fc.sample(histories(line, begin, minutes), { numRuns: 2, seed }).flat())
          await db.transaction((tx) => storeRuns(tx, batch, new Date(begin)))
        const right = await counted(line.procedureId)
        await damages[damage]?.(db, line.procedureId, firstId(0))
        await spoilCounts(db, line.procedureId, 0)
        await db.transaction((tx) => rebuildTallies(tx, line.procedureId))
        expect(await counted(line.procedureId)).toEqual(right)
      }),
      { numRuns: 3 },
    )
  },
)

test('it says each step, and a second one writes no row', async () => {
  const line = await rawLine(db, { stations: 2, deployments: 2 })
  await rawRollout(db, line, { canary: 1, base: 0, stations: line.stations, from: begin, to: null })
  for (const batch of fc.sample(histories(line, begin, minutes), { numRuns: 2, seed: 7 }).flat())
    await db.transaction((tx) => storeRuns(tx, batch, new Date(begin)))
  const steps: string[] = []
  const rebuilt = await db.transaction((tx) =>
    rebuildTallies(tx, line.procedureId, (step) => void steps.push(step)),
  )
  expect(steps).toEqual(['waited for its runs', 'first attempts', 'counts', 'hours', 'rollouts'])
  const versions = () =>
    db.execute(
      sql`select 'attempt ' || unit as row, xmin::text as version from first_attempts where procedure_id = ${line.procedureId}::uuid
          union all select 'hour ' || station_id || hour || deployment_id, xmin::text from hourly_tallies
          where procedure_id = ${line.procedureId}::uuid order by 1`,
    )
  const before = await versions()
  expect(await db.transaction((tx) => rebuildTallies(tx, line.procedureId))).toEqual(rebuilt)
  expect(await versions()).toEqual(before)
})
