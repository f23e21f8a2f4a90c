import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { oneSampleBounds } from '../../../server/domain/statistics/one-sample-bounds.ts'
import { oneSampleLogEvidence } from '../../../server/domain/statistics/one-sample-evidence.ts'
import { wilsonInterval } from '../../../server/domain/statistics/wilson-interval.ts'
import { seededRandom } from './tallies.ts'

const counts = fc
  .oneof(
    fc.constantFrom(0, 1, 2, 10_000_000, 1_000_000_000),
    fc.nat({ max: 300 }),
    fc.nat({ max: 1_000_000 }),
  )
  .chain((runs) =>
    fc.record({
      runs: fc.constant(runs),
      bad: fc.oneof(fc.constantFrom(0, runs), fc.integer({ min: 0, max: runs })),
    }),
  )
const alpha = fc.constantFrom(0.001, 0.02, 0.05, 0.5)

describe('always-valid limits of one rate', () => {
  test('are what the worked example says', () => {
    const { lower, upper } = oneSampleBounds(12, 200, 0.05)
    expect(lower).toBeCloseTo(0.024, 4)
    expect(upper).toBeCloseTo(0.1181, 4)
  })

  test('are in order, around what was seen, between 0 and 1, and never NaN', () => {
    fc.assert(
      fc.property(counts, alpha, ({ bad, runs }, level) => {
        const { lower, upper } = oneSampleBounds(bad, runs, level)
        expect(lower).toBeGreaterThanOrEqual(0)
        expect(upper).toBeLessThanOrEqual(1)
        expect(lower).toBeLessThanOrEqual(runs > 0 ? bad / runs : 0)
        expect(upper).toBeGreaterThanOrEqual(runs > 0 ? bad / runs : 1)
      }),
      { numRuns: 300 },
    )
  })

  test('lie where the evidence that the rate is above, or below, reaches 1/alpha', () => {
    fc.assert(
      fc.property(counts, alpha, ({ bad, runs }, level) => {
        const { lower, upper } = oneSampleBounds(bad, runs, level)
        // closer to 0 and 1 a rate as such has not the digits left
        if (lower > 1e-6 && lower < 1 - 1e-6) {
          expect(oneSampleLogEvidence(bad, runs, lower * 0.999)).toBeGreaterThan(Math.log(1 / level))
          expect(oneSampleLogEvidence(bad, runs, lower + (1 - lower) * 0.001)).toBeLessThan(
            Math.log(1 / level),
          )
        }
        if (upper > 1e-6 && upper < 1 - 1e-6) {
          expect(oneSampleLogEvidence(runs - bad, runs, (1 - upper) * 0.999)).toBeGreaterThan(
            Math.log(1 / level),
          )
          expect(oneSampleLogEvidence(runs - bad, runs, 1 - upper * 0.999)).toBeLessThan(Math.log(1 / level))
        }
      }),
      { numRuns: 300 },
    )
  })

  test('mirror each other when good and bad change places', () => {
    const one = oneSampleBounds(7, 90, 0.02)
    const other = oneSampleBounds(83, 90, 0.02)
    expect(other.lower).toBeCloseTo(1 - one.upper, 12)
    expect(other.upper).toBeCloseTo(1 - one.lower, 12)
  })

  test('say nothing without a run, and bad beyond the runs counts as all bad', () => {
    expect(oneSampleBounds(0, 0, 0.05)).toEqual({ lower: 0, upper: 1 })
    expect(oneSampleBounds(9, 5, 0.05)).toEqual(oneSampleBounds(5, 5, 0.05))
  })

  test('prove of ten million good runs that fewer than one in a million is bad, and the opposite', () => {
    expect(oneSampleBounds(0, 10_000_000, 0.05).upper).toBeLessThan(1e-6)
    expect(1 - oneSampleBounds(10_000_000, 10_000_000, 0.05).lower).toBeCloseTo(
      oneSampleBounds(0, 10_000_000, 0.05).upper,
      12,
    )
  })

  test('keep their digits: a thousand times the good runs prove a thousandth of the rate', () => {
    const fewer = oneSampleBounds(0, 1e9, 0.05).upper
    expect((1e12 * oneSampleBounds(0, 1e12, 0.05).upper) / (1e9 * fewer)).toBeCloseTo(1, 7)
  })

  test('are wider than those of a single look at the same two sides', () => {
    const own = oneSampleBounds(12, 200, 0.05)
    const single = wilsonInterval(12, 200, 0.9)
    expect(own.lower).toBeLessThan(single.lower)
    expect(own.upper).toBeGreaterThan(single.upper)
  })
})

describe('looked at after every run', () => {
  test('each side is left by at most one series in twenty, ever', () => {
    const random = seededRandom(3)
    const series = 600
    let above = 0
    let below = 0
    for (let one = 0; one < series; one++) {
      let bad = 0
      let isAbove = false
      let isBelow = false
      for (let runs = 1; runs <= 300; runs++) {
        bad += random() < 0.1 ? 1 : 0
        // a side is left where the evidence against the true rate reaches 1/alpha
        isAbove ||= oneSampleLogEvidence(bad, runs, 0.1) >= Math.log(20)
        isBelow ||= oneSampleLogEvidence(runs - bad, runs, 0.9) >= Math.log(20)
      }
      above += isAbove ? 1 : 0
      below += isBelow ? 1 : 0
      const { lower, upper } = oneSampleBounds(bad, 300, 0.05)
      if (!isAbove) expect(lower).toBeLessThanOrEqual(0.1)
      if (!isBelow) expect(upper).toBeGreaterThanOrEqual(0.1)
    }
    expect(above / series).toBeLessThanOrEqual(0.05)
    expect(below / series).toBeLessThanOrEqual(0.05)
    expect(above + below).toBeGreaterThan(0)
  })
})
