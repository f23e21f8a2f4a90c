import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AttemptDay } from '../../server/domain/attempt-rule.ts'
import { countings } from '../../server/domain/gates/counting.ts'
import { gates } from '../../server/domain/gates/gate.ts'
import type { UsualRates } from '../../server/domain/gates/mix.ts'
import { rolloutId, type StationId } from '../../server/domain/ids.ts'
import { hour, minute } from '../../server/domain/instant.ts'
import { outcomes, type Run } from '../../server/domain/run.ts'
import {
  addCounts,
  armOf,
  type Counts,
  type FirstAttempt,
  noCounts,
  tallyChange,
  type Window,
} from '../../server/domain/tally.ts'
import { base, build, rollout, station, stations, thirdBuild } from '../support/plan-builder.ts'
import { aRun, t0 } from '../support/run-builder.ts'

const window: Window = {
  rolloutId: rollout,
  deploymentId: build,
  baseDeploymentId: base,
  startedAt: t0,
  endedAt: null,
  stations: new Map(stations(3).map((id) => [id, new Map()])),
  countings: [],
  usualRates: {},
}

type Metric = { n: number; bad: number; expected: number }
type Kept = { counts: Record<string, Counts>; metrics: Record<string, Metric> }

/** Counts after the batches came in, one after the other: what the service keeps. */
function arrived(batches: Run[][], windows: Window[], dayOf: AttemptDay = () => ''): Kept {
  const first = new Map<string, FirstAttempt>()
  const counts = new Map<string, Counts>()
  const metrics = new Map<string, Metric>()
  const add = (key: string, more: Counts) => counts.set(key, addCounts(counts.get(key) ?? noCounts, more))
  for (const batch of batches) {
    const change = tallyChange(batch, [...first.values()], windows, dayOf)
    for (const attempt of change.firstAttempts) first.set(`${attempt.unit}/${attempt.day}`, attempt)
    for (const delta of change.hourly)
      add(`${delta.deploymentId} ${delta.stationId} ${delta.hour}`, delta.counts)
    for (const delta of change.arms) add(`${delta.rolloutId} ${delta.arm} ${delta.stationId}`, delta.counts)
    for (const { rolloutId, arm, stationId, metric, shift, n, bad, expected } of change.metrics)
      addMetric(metrics, `${rolloutId} ${arm} ${stationId} ${metric} ${shift}`, n, bad, expected)
  }
  return {
    counts: withoutZeros(counts, (each) => Object.values(each).some((count) => count !== 0)),
    metrics: withoutZeros(metrics, ({ n, bad }) => n !== 0 || bad !== 0),
  }
}

/** The same from scratch, by the definitions alone. */
function recounted(runs: Run[], windows: Window[], dayOf: AttemptDay): Kept {
  const counts = new Map<string, Counts>()
  const metrics = new Map<string, Metric>()
  const counted = runs
    .filter((run) => run.outcome !== 'ABORTED' && run.sample === null && !run.shadow)
    .toSorted((a, b) => a.startedAt - b.startedAt || (a.id < b.id ? -1 : 1))
  const seen = new Set<string>()
  for (const run of counted) {
    const attempt = `${run.unit}/${dayOf(run.startedAt)}`
    const isFirst = !seen.has(attempt)
    seen.add(attempt)
    const pass = run.outcome === 'PASS'
    const own: Counts = {
      units: Number(isFirst),
      passed: Number(isFirst && pass),
      runs: 1,
      errors: Number(run.outcome === 'ERROR'),
      timeouts: Number(run.outcome === 'TIMEOUT'),
      passRuns: Number(pass),
      passMs: pass ? run.endedAt - run.startedAt : 0,
    }
    const keys = [`${run.deploymentId} ${run.stationId} ${run.startedAt - (run.startedAt % hour)}`]
    for (const each of windows) {
      const within =
        run.startedAt >= each.startedAt && (each.endedAt === null || run.startedAt < each.endedAt)
      if (!within || !each.stations.has(run.stationId) || run.deploymentId === null) continue
      const arm =
        { [each.deploymentId]: 'canary', [each.baseDeploymentId]: 'base' }[run.deploymentId] ?? 'other'
      keys.push(`${each.rolloutId} ${arm} ${run.stationId}`)
      if (each.countings.length === 0) continue
      for (const [metric, isBad] of Object.entries(judged(run, isFirst, arm === 'canary')))
        if (isBad !== null) {
          const rates = usualRates[metric] ?? {}
          const expected = rates[`${run.shift} ${run.product ?? ''}`] ?? rates[''] ?? 0
          const key = `${each.rolloutId} ${arm} ${run.stationId} ${metric} ${run.shift}`
          addMetric(metrics, key, 1, Number(isBad), expected)
        }
    }
    for (const key of keys) counts.set(key, addCounts(counts.get(key) ?? noCounts, own))
  }
  return { counts: Object.fromEntries(counts), metrics: Object.fromEntries(metrics) }
}

function addMetric(
  metrics: Map<string, Metric>,
  key: string,
  n: number,
  bad: number,
  expected: number,
): void {
  const sum = metrics.get(key) ?? { n: 0, bad: 0, expected: 0 }
  metrics.set(key, { n: sum.n + n, bad: sum.bad + bad, expected: sum.expected + expected })
}

function withoutZeros<Value>(map: Map<string, Value>, isAny: (value: Value) => boolean) {
  return Object.fromEntries([...map].filter(([, value]) => isAny(value)))
}

/** Of every kind of gate one; `station(3)` has no past, so that nothing measured counts there. */
const everyGate = gates.parse([
  { metric: 'first-pass yield' },
  { metric: 'error rate' },
  { metric: 'timeout rate' },
  { metric: 'duration', direction: 'either', shiftRelative: 0.5 },
  { metric: 'measurement coverage' },
  { metric: 'custom', name: 'current', statistic: 'mean', read: 'mA', shiftBy: 2 },
  { metric: 'custom', name: 'retries', statistic: 'rate', read: 'retries', above: 1 },
  { metric: 'custom', name: 'cool', statistic: 'behaviour', expression: 'mA < 9.0' },
])
const usualOfStation = { 'duration, increase': 9_000, 'duration, decrease': 9_000, current: 5 }
const usual = new Map<string, number>([...Object.entries(usualOfStation), ['measurement coverage', 4]])
const usualRates: UsualRates = {
  'first-pass yield': { '': 0.02, '0 A': 0.01, '1 A': 0.015, '0 B': 0.1, '2 ': 0.3 },
  current: { '': 0.5, '1 B': 0.9 },
  'error rate': { '': 0.001 },
}

/** Whether the run is bad for each gate; null where it does not count. */
function judged(run: Run, isFirst: boolean, isCanary: boolean): Record<string, boolean | null> {
  const passed = run.outcome === 'PASS'
  const known = run.stationId !== station(3)
  const ms = run.endedAt - run.startedAt
  const { mA, retries } = run.metrics
  return {
    'first-pass yield': isFirst ? !passed : null,
    'error rate': run.outcome === 'ERROR',
    'timeout rate': run.outcome === 'TIMEOUT',
    'duration, increase': passed && known ? ms > (isCanary ? 13_500 : 9_000) : null,
    'duration, decrease': passed && known ? ms < (isCanary ? 4_500 : 9_000) : null,
    'measurement coverage':
      passed && known && run.measurementCount !== null ? run.measurementCount < 4 : null,
    current: known && mA !== undefined ? mA > (isCanary ? 7.5 : 5) : null,
    retries: retries === undefined ? null : retries > 1,
    cool: mA === undefined ? null : mA >= 9,
  }
}

const anyRuns = fc
  .array(
    fc.record({
      stationId: fc.integer({ min: 1, max: 4 }).map(station),
      deploymentId: fc.constantFrom(base, build, build, thirdBuild, null),
      unit: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
      outcome: fc.constantFrom(...outcomes),
      startedAt: fc.integer({ min: -10, max: 30 }).map((step) => t0 + step * 15 * minute),
      seconds: fc.integer({ min: 0, max: 20 }),
      product: fc.constantFrom('A', 'B', 'C', null),
      shift: fc.integer({ min: 0, max: 2 }),
      sample: fc.constantFrom(
        null,
        null,
        null,
        null,
        'golden' as const,
        'failing' as const,
        'ignored' as const,
      ),
      shadow: fc.constantFrom(false, false, false, true),
      measurementCount: fc.option(fc.integer({ min: 2, max: 6 })),
      metrics: fc.record(
        { mA: fc.integer({ min: 3, max: 10 }), retries: fc.integer({ min: 0, max: 3 }) },
        { requiredKeys: [] },
      ),
    }),
    { maxLength: 40, size: 'max' },
  )
  .map((all) =>
    all.map(({ seconds, ...run }, index) => aRun(index, { ...run, endedAt: run.startedAt + seconds * 1000 })),
  )

const windows: Window[] = [
  {
    ...window,
    stations: new Map(
      stations(3).map((id): [StationId, ReadonlyMap<string, number>] => [
        id,
        id === station(3) ? new Map() : usual,
      ]),
    ),
    countings: countings(everyGate),
    usualRates,
  },
  {
    ...window,
    rolloutId: rolloutId.parse('30000000-0000-4000-8000-000000000002'),
    deploymentId: thirdBuild,
    baseDeploymentId: build,
    startedAt: t0 + 2 * hour,
    endedAt: t0 + 4 * hour,
  },
]

describe('what new runs change in the counts', () => {
  test.each([
    ['one for ever', () => ''],
    ['one of each day', (at: number) => String(Math.floor(at / (4 * hour)))],
  ])('adds up to a recount from scratch, in any order of arrival and any batches: %s', (_, dayOf) => {
    const arrivals = anyRuns.chain((runs) =>
      fc.tuple(
        fc.constant(runs),
        fc.shuffledSubarray(runs, { minLength: runs.length }),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 40, maxLength: 40 }),
      ),
    )
    fc.assert(
      fc.property(arrivals, ([runs, shuffled, sizes]) => {
        const batches = sizes.map((size) => shuffled.splice(0, size)).filter((batch) => batch.length > 0)
        const [kept, wanted] = [arrived(batches, windows, dayOf), recounted(runs, windows, dayOf)]
        expect(kept.counts).toEqual(wanted.counts)
        expect(Object.keys(kept.metrics).sort()).toEqual(Object.keys(wanted.metrics).sort())
        for (const [key, { n, bad, expected }] of Object.entries(wanted.metrics)) {
          expect([key, kept.metrics[key]?.n, kept.metrics[key]?.bad]).toEqual([key, n, bad])
          expect(Math.abs((kept.metrics[key]?.expected ?? Number.NaN) - expected)).toBeLessThan(1e-9)
        }
      }),
      { numRuns: 300 },
    )
  })

  test('comes sorted, so that concurrent writers touch rows in one order', () => {
    fc.assert(
      fc.property(anyRuns, (runs) => {
        const { arms, metrics } = tallyChange(runs, [], windows)
        const keys = arms.map((delta) => `${delta.rolloutId}/${delta.arm}/${delta.stationId}`)
        expect(keys).toEqual(keys.toSorted((a, b) => (a < b ? -1 : 1)))
        const rows = metrics.map((delta) =>
          [delta.rolloutId, delta.arm, delta.stationId, delta.metric, delta.shift].join('/'),
        )
        expect(rows).toEqual(rows.toSorted((a, b) => (a < b ? -1 : 1)))
        expect(new Set(rows).size).toBe(rows.length)
      }),
    )
  })
})

describe('the first attempt of a unit', () => {
  const canary = (number: number, what: Partial<Run> = {}) =>
    aRun(number, { deploymentId: build, stationId: station(2), ...what })
  const of = (...runs: Run[]) =>
    arrived(
      runs.map((run) => [run]),
      [window],
    ).counts
  const arm = (counts: Record<string, Counts>, name: 'canary' | 'base', number: number) =>
    counts[`${rollout} ${name} ${station(number)}`] ?? noCounts

  test('is a pass when only an aborted run was before', () => {
    const counts = of(canary(1, { outcome: 'ABORTED' }), canary(2))
    expect(arm(counts, 'canary', 2)).toMatchObject({ units: 1, passed: 1, runs: 1 })
  })

  test('is not repeated by a retest: fail then pass is a failed unit with two runs', () => {
    const counts = of(canary(1, { outcome: 'FAIL' }), canary(2))
    expect(arm(counts, 'canary', 2)).toMatchObject({ units: 1, passed: 0, runs: 2 })
  })

  test('on base leaves the canary none, though the retest passes there', () => {
    const counts = of(aRun(1, { outcome: 'FAIL' }), canary(2))
    expect(arm(counts, 'base', 1)).toMatchObject({ units: 1, passed: 0, runs: 1 })
    expect(arm(counts, 'canary', 2)).toMatchObject({ units: 0, passed: 0, runs: 1 })
  })

  test('moves between the arms when an earlier run arrives late', () => {
    const counts = of(canary(2), aRun(1, { outcome: 'FAIL' }))
    expect(arm(counts, 'canary', 2)).toMatchObject({ units: 0, passed: 0, runs: 1 })
    expect(arm(counts, 'base', 1)).toMatchObject({ units: 1, passed: 0, runs: 1 })
  })

  test('leaves the rollout when the late run is from before it', () => {
    const counts = of(canary(2), aRun(1, { startedAt: t0 - hour }))
    expect(arm(counts, 'canary', 2)).toMatchObject({ units: 0, runs: 1 })
    expect(arm(counts, 'base', 1)).toEqual(noCounts)
  })

  test('that ends in an error or a timeout is a unit that did not pass', () => {
    const counts = of(canary(1, { outcome: 'ERROR' }), canary(2, { unit: 'b', outcome: 'TIMEOUT' }))
    expect(arm(counts, 'canary', 2)).toMatchObject({ units: 2, passed: 0, errors: 1, timeouts: 1 })
  })

  test('of two runs that start together is the one with the smaller id', () => {
    const [small, large] = [canary(1, { startedAt: t0 }), canary(2, { startedAt: t0, outcome: 'FAIL' })]
    expect(arm(of(large, small), 'canary', 2)).toMatchObject({ units: 1, passed: 1 })
    expect(of(large, small)).toEqual(of(small, large))
  })
})

describe('the first attempts of a unit by day', () => {
  const days: AttemptDay = (at) => (at < t0 + hour ? 'Monday' : 'Tuesday')
  const monday = aRun(1, { deploymentId: build, outcome: 'FAIL' })
  const tuesday = aRun(2, { deploymentId: build, startedAt: t0 + hour })
  const counts = (runs: Run[], dayOf?: AttemptDay) =>
    arrived([runs], [window], dayOf).counts[`${rollout} canary ${station(1)}`]

  test('are one of each: what failed on Monday passes on Tuesday, which for ever it never would', () => {
    expect(counts([tuesday, monday], days)).toMatchObject({ units: 2, passed: 1, runs: 2 })
    expect(counts([tuesday, monday])).toMatchObject({ units: 1, passed: 0, runs: 2 })
  })

  test('count in a rollout that began between them', () => {
    const later = { ...window, startedAt: t0 + hour }
    const of = (dayOf?: AttemptDay) =>
      arrived([[monday], [tuesday]], [later], dayOf).counts[`${rollout} canary ${station(1)}`]
    expect(of(days)).toMatchObject({ units: 1, passed: 1, runs: 1 })
    expect(of()).toMatchObject({ units: 0, runs: 1 })
  })
})

describe('the arm of a run', () => {
  const run = { stationId: station(1), deploymentId: build, startedAt: t0 }

  test('is that of its build, not of the moment it arrives', () => {
    expect(armOf(run, window)).toBe('canary')
    expect(armOf({ ...run, deploymentId: base, startedAt: t0 + hour }, window)).toBe('base')
    expect(armOf({ ...run, deploymentId: thirdBuild }, window)).toBe('other')
  })

  test('is none outside the rollout’s time, its end not included', () => {
    const ended = { ...window, endedAt: t0 + hour }
    expect(armOf({ ...run, startedAt: t0 - 1 }, ended)).toBeNull()
    expect(armOf({ ...run, startedAt: t0 + hour - 1 }, ended)).toBe('canary')
    expect(armOf({ ...run, startedAt: t0 + hour }, ended)).toBeNull()
  })

  test('is none of a foreign station, and an unattributed run is never base', () => {
    expect(armOf({ ...run, stationId: station(9) }, window)).toBeNull()
    expect(armOf({ ...run, deploymentId: null }, window)).toBeNull()
  })
})
