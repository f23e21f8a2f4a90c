// What a verdict reads: tallies and frozen pasts whole, and of the tallies what came too late to be judged.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { metricPastsOf, talliesAfter, talliesToJudge } from '../../db/gate-counts.ts'
import { stationPasts } from '../../db/schema/verdicts.ts'
import { storeRuns } from '../../db/store-runs.ts'
import { gates } from '../../server/domain/gates/gate.ts'
import type { JudgedTally } from '../../server/domain/gates/gate-counts.ts'
import type { RolloutId, StationId } from '../../server/domain/ids.ts'
import { histories } from '../support/history.ts'
import { openTestDatabase } from '../support/open-test-database.ts'
import { type RawLine, rawLine, rawRollout } from '../support/raw-line.ts'

const { db } = await openTestDatabase()
const minute = 60_000
const from = Date.parse('2026-05-22T06:00:00Z')

const claim = {
  canary: 1,
  base: 0,
  gates: gates.parse([
    { metric: 'first-pass yield' },
    { metric: 'error rate' },
    { metric: 'duration' },
    { metric: 'custom', name: 'current', statistic: 'mean', read: 'mA' },
  ]),
  usual: { duration: 40_000, current: 5 },
  usualRates: { 'first-pass yield': { '': 0.02, '0 A': 0.013 }, current: { '': 0.5 } },
}

/** Rows by where they stand, what counted nothing left out, what is expected rounded. */
function shown(tallies: JudgedTally[], arms = ['canary', 'base']): Record<string, number[]> {
  return Object.fromEntries(
    tallies
      .filter(({ n, bad, arm }) => (n !== 0 || bad !== 0) && arms.includes(arm))
      .map(({ arm, stationId, metric, shift, n, bad, expected }): [string, number[]] => [
        `${arm}/${stationId}/${metric}/${shift}`,
        [n, bad, Math.round(expected * 1e9) / 1e9],
      ])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  )
}

test('what came after a watermark is all that a rollout which ended there would not have counted', {
  timeout: 120_000,
}, async () => {
  const marks = fc.record({
    canary: fc.integer({ min: 0, max: 120 }),
    base: fc.integer({ min: 0, max: 120 }),
    seed: fc.integer(),
  })
  await fc.assert(
    fc.asyncProperty(marks, async ({ canary, base, seed }) => {
      const line = await rawLine(db, { stations: 3, deployments: 3 })
      const stations = line.stations.slice(0, 2)
      const rollout = (to: number | null) => rawRollout(db, line, { ...claim, stations, from, to })
      const ids = {
        whole: await rollout(null),
        canary: await rollout(from + canary * minute),
        base: await rollout(from + base * minute),
      }
      for (const batch of fc.sample(histories(line, from - 10 * minute, 120), { numRuns: 2, seed }).flat())
        await db.transaction((tx) => storeRuns(tx, batch, new Date(from)))
      const read = (id: RolloutId) => talliesToJudge(db, line.procedureId, id)
      const late = await db.transaction((tx) =>
        talliesAfter(tx, line.procedureId, ids.whole, {
          canary: from + canary * minute,
          base: from + base * minute,
        }),
      )
      const less = new Map(late.map((each) => [Object.keys(shown([each]))[0], each]))
      const judged = (await read(ids.whole)).map((each) => {
        const { n = 0, bad = 0, expected = 0 } = less.get(Object.keys(shown([each]))[0]) ?? {}
        return { ...each, n: each.n - n, bad: each.bad - bad, expected: each.expected - expected }
      })
      expect(shown(judged)).toEqual({
        ...shown(await read(ids.base), ['base']),
        ...shown(await read(ids.canary), ['canary']),
      })
    }),
    { numRuns: 15 },
  )
})

test('a station whose runs on the new build counted for no gate is known to have run it', async () => {
  const line = await rawLine(db, { stations: 2, deployments: 2 })
  const id = await rawRollout(db, line, {
    ...claim,
    stations: line.stations,
    from,
    to: null,
    gates: gates.parse([{ metric: 'duration' }]),
  })
  const first = fc.sample(histories(line, from, 1), { numRuns: 1, seed: 1 })[0]?.[0]?.[0]
  if (!first) throw new Error('no run')
  const run = {
    ...first,
    stationId: line.stations[1] as StationId,
    deploymentId: line.deployments[1] ?? null,
    outcome: 'FAIL' as const,
    sample: null,
  }
  await db.transaction((tx) => storeRuns(tx, [run], new Date(from)))
  expect(await talliesToJudge(db, line.procedureId, id)).toEqual([
    { arm: 'canary', stationId: line.stations[1], metric: '', shift: 0, n: 0, bad: 0, expected: 0 },
  ])
})

test('a rollout without runs has nothing to judge, and nothing after its watermark, which may lie within a millisecond', async () => {
  const line = await rawLine(db, { stations: 1, deployments: 2 })
  const id = await rawRollout(db, line, { ...claim, stations: line.stations, from, to: null })
  expect(await talliesToJudge(db, line.procedureId, id)).toEqual([])
  const watermark = { canary: from + 0.4, base: from + 0.6 }
  expect(await db.transaction((tx) => talliesAfter(tx, line.procedureId, id, watermark))).toEqual([])
})

test('pasts come as they were frozen, each station with its own', async () => {
  const line = await rawLine(db, { stations: 3, deployments: 2 })
  const id = await rawRollout(db, line, { ...claim, stations: line.stations, from, to: null, usual: {} })
  const frozen = line.stations.flatMap((stationId, place) =>
    ['first-pass yield', 'duration'].map((metric) => ({
      stationId,
      metric,
      n: 100 + place,
      bad: place,
      expected: 0.1 + 0.2,
    })),
  )
  await db
    .insert(stationPasts)
    .values(frozen.map((past) => ({ ...past, ...ofRollout(line, id), usual: null })))
  const order = (all: { stationId: string; metric: string }[]) =>
    all.toSorted((a, b) => (a.metric + a.stationId < b.metric + b.stationId ? -1 : 1))
  expect(order(await metricPastsOf(db, line.procedureId, id))).toEqual(order(frozen))
})

function ofRollout(line: RawLine, rolloutId: RolloutId) {
  return { procedureId: line.procedureId, rolloutId }
}
