// Tallies are exact: whatever order runs come in, the counts are those of a recount from the raw runs.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hourDrift } from '../../db/hour-drift.ts'
import { rebuildTallies } from '../../db/rebuild-tallies.ts'
import { recount } from '../../db/recount.ts'
import { storeRuns } from '../../db/store-runs.ts'
import { gates } from '../../server/domain/gates/gate.ts'
import type { Run } from '../../server/domain/run.ts'
import { makeRunId } from '../../server/run-id.ts'
import { everyGate, usual, usualRates } from '../support/every-gate.ts'
import { histories, recounted, tallied, talliedMetrics } from '../support/history.ts'
import { openTestDatabase } from '../support/open-test-database.ts'
import { type RawLine, rawLine, rawRollout } from '../support/raw-line.ts'
import { nothingFound } from '../support/run-builder.ts'

const { db } = await openTestDatabase()
const from = Date.parse('2026-05-22T05:30:00Z')
const minute = 60_000

const store = (runs: Run[]) => db.transaction((tx) => storeRuns(tx, runs, new Date(from)))

/** Each midnight of Paris lies in it, and the night of 23 hours, whose clocks go from 2 to 3. */
const aroundMidnights = { from: Date.parse('2026-03-28T22:30:00Z'), minutes: 2_000 }

test.each([
  ['for ever', { attemptRule: 'ever' as const }, { from, minutes: 240 }],
  ['by day', { attemptRule: 'day' as const, zone: 'Europe/Paris' }, aroundMidnights],
])(
  'any history gives the tallies that a recount gives, and so does a rebuild: first attempts %s',
  {
    timeout: 120_000,
  },
  async (_, settings, when) => {
    const shape = fc.record({
      begins: fc.integer({ min: 0, max: 200 }),
      lasts: fc.option(fc.integer({ min: 1, max: 120 }), { nil: null }),
      taking: fc.integer({ min: 1, max: 4 }),
      seed: fc.integer(),
    })
    const firstHour = when.from - (when.from % (60 * minute))
    await fc.assert(
      fc.asyncProperty(shape, async ({ begins, lasts, taking, seed }) => {
        const line = await rawLine(db, { stations: 4, deployments: 3 }, settings)
        const start = when.from + begins * minute
        // An ended rollout and, after it, a live one: a run belongs to the window that it started in.
        const stations = line.stations.slice(0, taking)
        await rawRollout(db, line, {
          canary: 1,
          base: 0,
          stations,
          from: start,
          to: start + (lasts ?? 30) * minute,
        })
        if (lasts !== null)
          await rawRollout(db, line, {
            canary: 2,
            base: 1,
            stations: line.stations,
            from: start + lasts * minute,
            to: null,
          })
        const [batches = []] = fc.sample(histories(line, when.from, when.minutes), { numRuns: 1, seed })
        for (const batch of batches) await store(batch)
        const wanted = await recounted(db, line.procedureId)
        expect(await tallied(db, line.procedureId)).toEqual(wanted)
        for (let hour = firstHour; hour < when.from + when.minutes * minute; hour += 60 * minute)
          expect(await hourDrift(db, line.procedureId, hour)).toEqual([])
        await db.transaction((tx) => rebuildTallies(tx, line.procedureId))
        expect(await tallied(db, line.procedureId)).toEqual(wanted)
      }),
      { numRuns: 20 },
    )
  },
)

test('a repeat is not counted again, inside a batch or across batches', async () => {
  const line = await rawLine(db, { stations: 1, deployments: 1 })
  const run = runOf(line, {})
  expect((await store([run, run])).size).toBe(1)
  expect((await store([run, { ...run, outcome: 'FAIL' }])).size).toBe(0)
  expect((await tallied(db, line.procedureId)).hourly).toMatchObject([{ units: 1, passed: 1, runs: 1 }])
})

test('ABORTED then PASS is a first pass', async () => {
  const line = await rawLine(db, { stations: 1, deployments: 1 })
  await store([runOf(line, { outcome: 'ABORTED' }), runOf(line, { minute: 5 })])
  expect((await tallied(db, line.procedureId)).hourly).toMatchObject([{ units: 1, passed: 1, runs: 1 }])
})

test('FAIL on base then PASS on the canary gives the canary no first attempt, in whichever order they come', async () => {
  for (const order of [
    [0, 1],
    [1, 0],
  ]) {
    const line = await rawLine(db, { stations: 2, deployments: 2 })
    await rawRollout(db, line, { canary: 1, base: 0, stations: line.stations, from, to: null })
    const runs = [runOf(line, { outcome: 'FAIL' }), runOf(line, { minute: 9, station: 1, deployment: 1 })]
    for (const index of order) await store(runs.slice(index, index + 1))
    const { arms } = await tallied(db, line.procedureId)
    expect(arms.map((arm) => [arm.key.split('/')[1], arm.units, arm.passed, arm.runs])).toEqual([
      ['base', 1, 0, 1],
      ['canary', 0, 0, 1],
    ])
  }
})

test('of two runs of a unit that start together the same one is first, whichever comes first', async () => {
  const first: string[] = []
  const line = await rawLine(db, { stations: 2, deployments: 1 })
  const runs = [runOf(line, { outcome: 'FAIL' }), runOf(line, { station: 1 })]
  for (const order of [runs, runs.toReversed()]) {
    const own = await rawLine(db, { stations: 0, deployments: 0 })
    for (const run of order) await store([{ ...run, procedureId: own.procedureId }])
    first.push((await tallied(db, own.procedureId)).firstAttempts[0]?.run ?? '')
  }
  expect(first[0]).toBe(first[1])
})

test('a recount of a rollout gives what was counted run by run, whatever its gates count', {
  timeout: 120_000,
}, async () => {
  const counted = new Set<string>()
  await fc.assert(
    fc.asyncProperty(fc.integer(), async (seed) => {
      const line = await rawLine(db, { stations: 3, deployments: 3 })
      const claim = { canary: 1, base: 0, gates: everyGate, usual, usualRates }
      const stations = line.stations.slice(0, 2)
      const ids = [
        await rawRollout(db, line, { ...claim, stations, from: from + 20 * minute, to: null }),
        await rawRollout(db, line, { ...claim, stations, from, to: from + 20 * minute }),
      ]
      for (const batch of fc.sample(histories(line, from, 120), { numRuns: 3, seed }).flat())
        await store(batch)
      const before = await tallied(db, line.procedureId)
      const metrics = await talliedMetrics(db, line.procedureId)
      for (const { key } of metrics) counted.add(key.split('/').at(-2) ?? '')
      for (const id of ids) await db.transaction((tx) => recount(tx, line.procedureId, id))
      expect(await tallied(db, line.procedureId)).toEqual(before)
      expect(await talliedMetrics(db, line.procedureId)).toEqual(metrics)
    }),
    { numRuns: 15 },
  )
  expect([...counted].sort()).toEqual(
    ['first-pass yield', 'error rate', 'timeout rate', 'retries', 'cool', ...Object.keys(usual)].sort(),
  )
})

test('a recount reads its runs page by page', { timeout: 120_000 }, async () => {
  const line = await rawLine(db, { stations: 2, deployments: 2 })
  const gate = gates.parse([
    { metric: 'custom', name: 'retries', statistic: 'rate', read: 'retries', above: 1 },
  ])
  const claim = { canary: 1, base: 0, stations: line.stations, from, to: null, gates: gate }
  const id = await rawRollout(db, line, claim)
  for (let batch = 0; batch < 11; batch++)
    await store(
      Array.from({ length: 1_000 }, (_, index) => ({
        ...runOf(line, { station: index % 2, minute: batch * 1_000 + index }),
        metrics: { retries: index % 4 },
      })),
    )
  const before = await talliedMetrics(db, line.procedureId)
  expect(before.map(({ n, bad }) => [n, bad])).toEqual([
    [5_500, 2_750],
    [5_500, 2_750],
  ])
  await db.transaction((tx) => recount(tx, line.procedureId, id))
  expect(await talliedMetrics(db, line.procedureId)).toEqual(before)
})

test('eight writers at once end with the tallies of a recount, and none fails', {
  timeout: 60_000,
}, async () => {
  const line = await rawLine(db, { stations: 4, deployments: 3 })
  await rawRollout(db, line, {
    canary: 1,
    base: 0,
    stations: line.stations,
    from: from + 30 * minute,
    to: null,
  })
  const writers = fc.sample(histories(line, from, 240), { numRuns: 8, seed: 42 })
  await Promise.all(
    writers.map(async (batches) => {
      for (const batch of batches) await store(batch)
    }),
  )
  expect(await tallied(db, line.procedureId)).toEqual(await recounted(db, line.procedureId))
})

function runOf(
  line: RawLine,
  said: { outcome?: Run['outcome']; minute?: number; station?: number; deployment?: number },
): Run {
  const stationId = line.stations[said.station ?? 0]
  const deploymentId = line.deployments[said.deployment ?? 0]
  if (!stationId || !deploymentId) throw new Error('no such station or deployment')
  const startedAt = from + (said.minute ?? 0) * minute
  return {
    id: makeRunId({ stationId, procedureId: line.procedureId, unit: 'sn-1', startedAt }),
    procedureId: line.procedureId,
    stationId,
    deploymentId,
    attributedBy: 'body',
    serial: 'SN-1',
    unit: 'sn-1',
    outcome: said.outcome ?? 'PASS',
    startedAt,
    endedAt: startedAt + 42_000,
    zoneless: false,
    detail: {},
    ...nothingFound,
  }
}
