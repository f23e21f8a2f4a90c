// What the gates count of runs as they come: which runs, which of them are bad, and what the mix lets expect.
import { describe, expect, test } from 'vitest'
import { countings } from '../../server/domain/gates/counting.ts'
import { gates } from '../../server/domain/gates/gate.ts'
import type { UsualRates } from '../../server/domain/gates/mix.ts'
import type { Run } from '../../server/domain/run.ts'
import { type FirstAttempt, tallyChange, type Window } from '../../server/domain/tally.ts'
import { base, build, rollout, station, thirdBuild } from '../support/plan-builder.ts'
import { aRun, t0 } from '../support/run-builder.ts'

const usualRates: UsualRates = {
  'first-pass yield': { '0 A': 0.01, '0 B': 0.2, '2 A': 0.03, '': 0.05 },
}
const window: Window = {
  rolloutId: rollout,
  deploymentId: build,
  baseDeploymentId: base,
  startedAt: t0,
  endedAt: null,
  stations: new Map([
    [station(1), new Map([['duration', 40_000]])],
    [station(2), new Map([['duration', 40_000]])],
    [station(3), new Map()],
  ]),
  countings: countings(
    gates.parse([{ metric: 'first-pass yield' }, { metric: 'error rate' }, { metric: 'duration' }]),
  ),
  usualRates,
}
const canary = (number: number, what: Partial<Run> = {}) =>
  aRun(number, { deploymentId: build, stationId: station(2), unit: `sn-${number}`, ...what })
const onBase = (number: number, what: Partial<Run> = {}) => aRun(number, { unit: `sn-${number}`, ...what })

/** Sums by arm, station and metric, in the order that the runs came, one by one. */
function summed(...runs: Run[]) {
  const first = new Map<string, FirstAttempt>()
  const sums: Record<string, { n: number; bad: number; expected: number }> = {}
  for (const run of runs) {
    const change = tallyChange([run], [...first.values()], [window])
    for (const attempt of change.firstAttempts) first.set(attempt.unit, attempt)
    for (const { arm, stationId, metric, n, bad, expected } of change.metrics) {
      const key = `${arm} ${Number(stationId.slice(-3))} ${metric}`
      const sum = sums[key] ?? { n: 0, bad: 0, expected: 0 }
      sums[key] = { n: sum.n + n, bad: sum.bad + bad, expected: sum.expected + expected }
    }
  }
  return (key: string) => sums[key] ?? { n: 0, bad: 0, expected: 0 }
}

describe('what the gates count', () => {
  test('is no run of a reference sample, and such a run is no first attempt of its unit', () => {
    const golden = canary(1, { unit: 'g', sample: 'golden', outcome: 'FAIL' })
    const of = summed(golden, canary(2, { unit: 'g', sample: 'ignored' }), canary(3, { unit: 'g' }))
    expect(of('canary 2 first-pass yield')).toMatchObject({ n: 1, bad: 0 })
    expect(of('canary 2 error rate')).toMatchObject({ n: 1, bad: 0 })
    expect(tallyChange([golden], [], [window])).toEqual({
      firstAttempts: [],
      hourly: [],
      arms: [],
      metrics: [],
    })
  })

  test('is no run that a person stopped: ABORTED then PASS is a first pass', () => {
    const of = summed(canary(1, { unit: 'a', outcome: 'ABORTED' }), canary(2, { unit: 'a' }))
    expect(of('canary 2 first-pass yield')).toMatchObject({ n: 1, bad: 0 })
    expect(of('canary 2 error rate')).toMatchObject({ n: 1 })
  })

  test('leaves the canary no first attempt of a unit that failed on base, and gives it the retest as a run', () => {
    const fail = onBase(1, { unit: 'a', outcome: 'FAIL' })
    const retest = canary(2, { unit: 'a' })
    for (const runs of [
      [fail, retest],
      [retest, fail],
    ]) {
      const of = summed(...runs)
      expect(of('canary 2 first-pass yield')).toMatchObject({ n: 0, bad: 0 })
      expect(of('base 1 first-pass yield')).toMatchObject({ n: 1, bad: 1 })
      expect(of('canary 2 error rate')).toMatchObject({ n: 1, bad: 0 })
    }
  })

  test('moves with what it lets expect when an earlier run of the unit arrives late', () => {
    const later = canary(9, { unit: 'a', product: 'B', outcome: 'FAIL' })
    const earlier = onBase(1, { unit: 'a', product: 'A', shift: 2 })
    const of = summed(later, earlier)
    expect(of('canary 2 first-pass yield')).toEqual({ n: 0, bad: 0, expected: 0 })
    expect(of('base 1 first-pass yield')).toEqual({ n: 1, bad: 0, expected: 0.03 })
  })

  test('leaves the rollout altogether when the late run is older than it', () => {
    const of = summed(canary(9, { unit: 'a' }), onBase(1, { unit: 'a', startedAt: t0 - 1 }))
    expect(of('canary 2 first-pass yield').n).toBe(0)
    expect(of('base 1 first-pass yield').n).toBe(0)
    expect(of('base 1 error rate').n).toBe(0)
  })

  test('expects the fleet’s own rate of a product that it has never seen', () => {
    const of = summed(canary(1, { product: 'B' }), canary(2, { product: 'new' }), canary(3))
    expect(of('canary 2 first-pass yield').expected).toBeCloseTo(0.2 + 0.05 + 0.05, 12)
    expect(of('canary 2 error rate').expected).toBe(0)
  })

  test('is no duration of a failed run: a build that fails fast is no faster and no slower for it', () => {
    const failing = [1, 2, 3].map((number) =>
      canary(number, { outcome: 'FAIL', endedAt: t0 + number * 60_000 + 500 }),
    )
    const of = summed(...failing, canary(4, { startedAt: t0, endedAt: t0 + 44_001 }))
    expect(of('canary 2 duration')).toMatchObject({ n: 1, bad: 1 })
  })

  test('holds a canary run to the shift that is tolerated, a base run to the usual alone', () => {
    const lasting = (ms: number) => ({ startedAt: t0, endedAt: t0 + ms })
    const of = summed(
      canary(1, lasting(44_000)),
      onBase(2, lasting(40_000)),
      onBase(3, lasting(40_001)),
      onBase(4, { ...lasting(40_001), deploymentId: thirdBuild }),
    )
    expect(of('canary 2 duration')).toMatchObject({ n: 1, bad: 0 })
    expect(of('base 1 duration')).toMatchObject({ n: 2, bad: 1 })
    expect(of('other 1 duration')).toMatchObject({ n: 1, bad: 1 })
  })

  test('is no duration on a station without a past, whose yield counts all the same', () => {
    const of = summed(canary(1, { stationId: station(3) }))
    expect(of('canary 3 duration').n).toBe(0)
    expect(of('canary 3 first-pass yield').n).toBe(1)
  })

  test('keeps shifts apart', () => {
    const { metrics } = tallyChange([canary(1, { shift: 2 }), canary(2, { shift: 0 })], [], [window])
    expect(metrics.filter((each) => each.metric === 'error rate').map(({ shift, n }) => [shift, n])).toEqual([
      [0, 1],
      [2, 1],
    ])
  })
})
