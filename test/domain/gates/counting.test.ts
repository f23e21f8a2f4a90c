import { describe, expect, test } from 'vitest'
import {
  type CountedRun,
  countings,
  countingsOf,
  isBad,
  type RunCounting,
} from '../../../server/domain/gates/counting.ts'
import { outcomes } from '../../../server/domain/run.ts'
import { type GateInput, gatesOf } from '../../support/gate-question.ts'

const run = (what: Partial<CountedRun> = {}): CountedRun => ({
  outcome: 'PASS',
  startedAt: 0,
  endedAt: 60_000,
  measurementCount: 42,
  metrics: {},
  ...what,
})
const reading = (value: number | undefined) => run({ metrics: value === undefined ? {} : { current: value } })

function countingOf(gate: GateInput): RunCounting {
  const [first] = gatesOf(gate).flatMap(countingsOf)
  if (first?.of !== 'runs') throw new Error(`expected ${gate.metric} to count runs`)
  return first
}
const keys = (...gates: GateInput[]) => countings(gatesOf(...gates)).map(({ key }) => key)

describe('countings', () => {
  test('are shared by gates that count the same', () => {
    expect(
      keys(
        { metric: 'first-pass yield' },
        { metric: 'first-pass yield', name: 'tight', comparison: 'own past' },
        { metric: 'first-pass yield rise' },
        { metric: 'error budget', extraFailures: 10 },
        { metric: 'sample ratio', canaryShare: 0.1 },
        { metric: 'error rate' },
        { metric: 'error rate', name: 'errors burn', comparison: 'absolute', objective: 0.99 },
      ),
    ).toEqual(['first-pass yield', 'error rate'])
  })

  test('are each gate’s own where it says what is bad', () => {
    expect(
      keys(
        { metric: 'duration' },
        { metric: 'duration', name: 'much longer', shiftRelative: 1 },
        { metric: 'duration', name: 'another time', direction: 'either' },
        { metric: 'measurement coverage' },
        { metric: 'custom', name: 'drops', statistic: 'rate', read: 'drops' },
      ),
    ).toEqual([
      'duration',
      'much longer',
      'another time, increase',
      'another time, decrease',
      'measurement coverage',
      'drops',
    ])
  })

  test('are none for conditions', () => {
    expect(
      keys(
        { metric: 'telemetry', expression: 'gap_s < 10' },
        { metric: 'new failure mode' },
        { metric: 'reference samples' },
        { metric: 'mixed builds' },
      ),
    ).toEqual([])
  })
})

describe('outcomes', () => {
  test.each([
    ['error rate', 'ERROR'],
    ['timeout rate', 'TIMEOUT'],
  ] as const)('count for the %s by %s, and nothing that a person stopped', (metric, bad) => {
    const counting = countingOf({ metric })
    for (const outcome of outcomes)
      expect(isBad(counting, run({ outcome }), 'canary', null)).toBe(
        outcome === 'ABORTED' ? undefined : outcome === bad,
      )
  })
})

describe('duration', () => {
  const counting = countingOf({ metric: 'duration' })
  const took = (ms: number, arm: 'canary' | 'base' | 'other', usual: number | null = 60_000) =>
    isBad(counting, run({ endedAt: ms }), arm, usual)

  test('is bad beyond the median of its station on base, and on canary beyond a tenth more', () => {
    expect([took(60_000, 'base'), took(60_001, 'base')]).toEqual([false, true])
    expect([took(66_000, 'canary'), took(66_001, 'canary')]).toEqual([false, true])
    expect(took(60_001, 'other')).toBe(true)
  })

  test('is counted of passed runs on stations with a past only', () => {
    expect(took(90_000, 'canary', null)).toBe(undefined)
    for (const outcome of ['FAIL', 'ERROR', 'TIMEOUT', 'ABORTED'] as const)
      expect(isBad(counting, run({ outcome, endedAt: 90_000 }), 'canary', 60_000)).toBe(undefined)
  })

  test('adds a set amount to the part, looks down as well, or both ways', () => {
    const more = countingOf({ metric: 'duration', shiftRelative: 0.1, shiftBy: 1000 })
    expect(isBad(more, run({ endedAt: 67_000 }), 'canary', 60_000)).toBe(false)
    expect(isBad(more, run({ endedAt: 67_001 }), 'canary', 60_000)).toBe(true)
    const shorter = countingOf({ metric: 'duration', direction: 'decrease' })
    const short = (ms: number, arm: 'canary' | 'base') => isBad(shorter, run({ endedAt: ms }), arm, 60_000)
    expect([short(59_999, 'base'), short(60_000, 'base')]).toEqual([true, false])
    expect([short(53_999, 'canary'), short(54_000, 'canary')]).toEqual([true, false])
    const both = gatesOf({ metric: 'duration', direction: 'either' }).flatMap(countingsOf)
    expect(both.map((each) => 'direction' in each && each.direction)).toEqual(['increase', 'decrease'])
  })
})

describe('measurement coverage', () => {
  const counting = countingOf({ metric: 'measurement coverage' })
  const measures = (measurementCount: number | null, arm: 'canary' | 'base' = 'canary') =>
    isBad(counting, run({ measurementCount }), arm, 42)

  test('is bad under what is usual, by one already, in either arm', () => {
    expect([measures(41), measures(42), measures(43)]).toEqual([true, false, false])
    expect(measures(41, 'base')).toBe(true)
  })

  test('is not counted where a run does not say how much it measured', () => {
    expect(measures(null)).toBe(undefined)
  })
})

describe('a custom mean or quantile', () => {
  const mean = countingOf({ metric: 'custom', name: 'current', statistic: 'mean', read: 'current' })
  const current = (value: number | undefined, arm: 'canary' | 'base', usual: number | null) =>
    isBad(mean, reading(value), arm, usual)

  test('is bad beyond what is usual, of any outcome but an aborted one', () => {
    expect([current(10, 'base', 10), current(10.1, 'base', 10)]).toEqual([false, true])
    expect([current(11, 'canary', 10), current(11.1, 'canary', 10)]).toEqual([false, true])
    expect(isBad(mean, { ...reading(12), outcome: 'FAIL' }, 'canary', 10)).toBe(true)
    expect(isBad(mean, { ...reading(12), outcome: 'ABORTED' }, 'canary', 10)).toBe(undefined)
  })

  test('takes its part of the size of a negative number, away from what is good', () => {
    expect([current(-9, 'canary', -10), current(-8.9, 'canary', -10)]).toEqual([false, true])
    const down = countingOf({
      metric: 'custom',
      name: 'down',
      statistic: 'quantile',
      read: 'current',
      quantile: 0.05,
      direction: 'decrease',
      shiftRelative: 0.2,
    })
    expect([-12, -12.1].map((value) => isBad(down, reading(value), 'canary', -10))).toEqual([false, true])
    expect([-10, -10.1].map((value) => isBad(down, reading(value), 'base', -10))).toEqual([false, true])
  })

  test('of a usual zero tolerates only a set amount', () => {
    expect([current(0, 'canary', 0), current(0.001, 'canary', 0)]).toEqual([false, true])
    const by = countingOf({ metric: 'custom', name: 'by', statistic: 'mean', read: 'current', shiftBy: 2 })
    expect([2, 2.1].map((value) => isBad(by, reading(value), 'canary', 0))).toEqual([false, true])
  })

  test('counts no run that lacks the number, or reports none that is one', () => {
    for (const value of [undefined, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
      expect(current(value, 'canary', 10)).toBe(undefined)
    expect(current(12, 'canary', null)).toBe(undefined)
  })

  test('asks for the mean, or for its quantile, of the past', () => {
    const quantile = { metric: 'custom', name: 'q', statistic: 'quantile', read: 'current' } as const
    expect(mean.usual).toEqual({ statistic: 'mean' })
    expect(countingOf({ ...quantile, quantile: 0.95 }).usual).toEqual({
      statistic: 'quantile',
      quantile: 0.95,
    })
    expect(countingOf(quantile).usual).toEqual({ statistic: 'quantile', quantile: 0.5 })
    expect(countingOf({ metric: 'duration' }).usual).toEqual({ statistic: 'quantile', quantile: 0.5 })
    expect(countingOf({ metric: 'error rate' }).usual).toBe(null)
  })
})

describe('a custom rate', () => {
  const rate = (limits: { above?: number; below?: number }, value: number | undefined) =>
    isBad(
      countingOf({ metric: 'custom', name: 'rate', statistic: 'rate', read: 'current', ...limits }),
      reading(value),
      'canary',
      null,
    )

  test('is bad above or below its limits', () => {
    expect([rate({ above: 5 }, 5), rate({ above: 5 }, 5.1), rate({ above: 5 }, -9)]).toEqual([
      false,
      true,
      false,
    ])
    expect([rate({ below: 1 }, 1), rate({ below: 1 }, 0.9), rate({ below: 1 }, 9)]).toEqual([
      false,
      true,
      false,
    ])
    const band = { above: 5, below: 1 }
    expect([0, 3, 6].map((value) => rate(band, value))).toEqual([true, false, true])
    expect([rate({ above: 0 }, 0), rate({ above: 0 }, 1)]).toEqual([false, true])
  })

  test('without limits is bad where it is not zero', () => {
    expect([0, 1, -1].map((value) => rate({}, value))).toEqual([false, true, true])
  })

  test('counts no run that lacks the number, or reports none that is one', () => {
    for (const value of [undefined, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(rate({}, value)).toBe(undefined)
      expect(rate({ above: 5 }, value)).toBe(undefined)
    }
  })
})

describe('a custom behaviour', () => {
  const holds = (expression: string, what: Partial<CountedRun>) =>
    isBad(
      countingOf({ metric: 'custom', name: 'drops', statistic: 'behaviour', expression }),
      run(what),
      'canary',
      null,
    )

  test('is bad where the expression does not hold of what the run reports', () => {
    expect(holds('drops == 0 && gap_s < 10', { metrics: { drops: 0, gap_s: 2 } })).toBe(false)
    expect(holds('drops == 0 && gap_s < 10', { metrics: { drops: 1, gap_s: 2 } })).toBe(true)
  })

  test('knows the outcome and the duration', () => {
    expect(holds('duration_s < 61.0', {})).toBe(false)
    expect(holds('duration_s < 60.0', {})).toBe(true)
    expect(holds('outcome == "PASS" || retries > 2', { outcome: 'FAIL', metrics: { retries: 0 } })).toBe(true)
  })

  test('counts no run that lacks a field, nor one that was aborted', () => {
    expect(holds('drops == 0', { metrics: {} })).toBe(undefined)
    expect(holds('drops == 0', { metrics: { drops: Number.NaN } })).not.toBe(false)
    expect(holds('drops == 0', { outcome: 'ABORTED', metrics: { drops: 3 } })).toBe(undefined)
  })
})
