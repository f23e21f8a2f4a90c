import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { betaProbabilityGreater } from '../../../server/domain/statistics/beta-probability-greater.ts'
import { chiSquaredTail } from '../../../server/domain/statistics/chi-squared-tail.ts'
import { fisherExact } from '../../../server/domain/statistics/fisher-exact.ts'
import { hodgesLehmann } from '../../../server/domain/statistics/hodges-lehmann.ts'
import { logRisingFactorial } from '../../../server/domain/statistics/log-rising-factorial.ts'
import { logSumExp } from '../../../server/domain/statistics/log-sum-exp.ts'
import { mannWhitney } from '../../../server/domain/statistics/mann-whitney.ts'
import { mantelHaenszel } from '../../../server/domain/statistics/mantel-haenszel.ts'
import { miettinenNurminenInterval } from '../../../server/domain/statistics/miettinen-nurminen-interval.ts'
import { newcombeInterval } from '../../../server/domain/statistics/newcombe-interval.ts'
import { sampleRatioCheck } from '../../../server/domain/statistics/sample-ratio-check.ts'
import { smoothTable } from '../../../server/domain/statistics/smooth-table.ts'
import { wilsonInterval } from '../../../server/domain/statistics/wilson-interval.ts'

const count = fc
  .oneof(fc.nat({ max: 40 }), fc.constantFrom(0, 1, 10_000_000))
  .chain((runs) => fc.record({ runs: fc.constant(runs), bad: fc.integer({ min: 0, max: runs }) }))

describe('intervals', () => {
  test('contain what was seen and stay in range, for any counts', () => {
    fc.assert(
      fc.property(count, count, fc.constantFrom(0.8, 0.95, 0.999), (one, two, confidence) => {
        const wilson = wilsonInterval(one.bad, one.runs, confidence)
        const rate = one.runs > 0 ? one.bad / one.runs : 0.5
        expect(wilson.lower).toBeLessThanOrEqual(rate)
        expect(wilson.upper).toBeGreaterThanOrEqual(rate)
        const counts = { bad1: one.bad, runs1: one.runs, bad2: two.bad, runs2: two.runs }
        const seen = one.runs > 0 && two.runs > 0 ? one.bad / one.runs - two.bad / two.runs : 0
        for (const interval of [
          newcombeInterval(counts, confidence),
          miettinenNurminenInterval(counts, confidence),
        ]) {
          expect(interval.lower).toBeGreaterThanOrEqual(-1 - 1e-12)
          expect(interval.upper).toBeLessThanOrEqual(1 + 1e-12)
          expect(interval.lower).toBeLessThanOrEqual(seen + 1e-12)
          expect(interval.upper).toBeGreaterThanOrEqual(seen - 1e-12)
        }
      }),
    )
  })

  test('swapping the arms mirrors the difference', () => {
    const one = miettinenNurminenInterval({ bad1: 9, runs1: 10, bad2: 3, runs2: 40 }, 0.9)
    const other = miettinenNurminenInterval({ bad1: 3, runs1: 40, bad2: 9, runs2: 10 }, 0.9)
    expect(other.lower).toBeCloseTo(-one.upper, 9)
    expect(other.upper).toBeCloseTo(-one.lower, 9)
  })
})

describe('tests of two samples', () => {
  test('Fisher: the tails overlap in the seen table alone, whatever the sizes', () => {
    fc.assert(
      fc.property(count, count, (one, two) => {
        const table = [
          [one.bad, one.runs - one.bad],
          [two.bad, two.runs - two.bad],
        ] as const
        const both = fisherExact(table, 'greater') + fisherExact(table, 'less')
        expect(both).toBeGreaterThanOrEqual(1 - 1e-9)
        expect(both).toBeLessThanOrEqual(2)
        expect(fisherExact(table, 'two-sided')).toBeLessThanOrEqual(1)
      }),
      { numRuns: 60 },
    )
  })

  test('Mann and Whitney: less and greater mirror each other, and empty samples say nothing', () => {
    const how = { alternative: 'greater', method: 'exact' } as const
    const one = mannWhitney([1, 2, 9], [3, 4], how)
    const other = mannWhitney([3, 4], [1, 2, 9], { ...how, alternative: 'less' })
    expect(one.p).toBeCloseTo(other.p, 12)
    expect(mannWhitney([], [1], how).p).toBe(1)
    expect(mannWhitney([5, 5], [5, 5, 5], { alternative: 'two-sided', method: 'asymptotic' }).p).toBe(1)
  })

  test('Hodges and Lehmann: a shift is found exactly, inside its limits, also for long samples', () => {
    const values = Array.from({ length: 80 }, (_, place) => ((place * 37) % 80) / 7)
    const shift = hodgesLehmann(
      values.map((value) => value + 2.5),
      values,
      0.95,
    )
    expect(shift?.estimate).toBeCloseTo(2.5, 9)
    expect(shift?.lower).toBeLessThan(2.5)
    expect(shift?.upper).toBeGreaterThan(2.5)
    expect(hodgesLehmann([], [1], 0.95)).toBeUndefined()
  })

  test('Mantel and Haenszel: no ratio where nothing can be compared', () => {
    expect(mantelHaenszel([], 0.95)).toBeUndefined()
    expect(
      mantelHaenszel(
        [
          [
            [0, 0],
            [0, 0],
          ],
        ],
        0.95,
      ),
    ).toBeUndefined()
    expect(
      mantelHaenszel(
        [
          [
            [5, 5],
            [0, 10],
          ],
        ],
        0.95,
      ),
    ).toBeUndefined()
  })

  test('sample ratio: an empty line and a single arm are no mismatch', () => {
    expect(sampleRatioCheck([0, 0], [0.5, 0.5]).p).toBe(1)
    expect(sampleRatioCheck([7], [1]).p).toBe(1)
  })

  test('equal Beta distributions are even, and the two orders add up to one', () => {
    const shape = fc.oneof(fc.double({ min: 0.5, max: 50, noNaN: true }), fc.constantFrom(1000, 1e6))
    expect(betaProbabilityGreater({ failures: 3, passes: 9 }, { failures: 3, passes: 9 })).toBeCloseTo(0.5, 9)
    fc.assert(
      fc.property(shape, shape, shape, shape, (a, b, c, d) => {
        const one = { failures: a, passes: b }
        const other = { failures: c, passes: d }
        expect(betaProbabilityGreater(one, other) + betaProbabilityGreater(other, one)).toBeCloseTo(1, 7)
      }),
    )
  })
})

describe('parts', () => {
  // scipy 1.17: chi2.sf(7.5, 4), chi2.sf(7.5, 5), chi2.sf(60, 9)
  test.each([
    [7.5, 4, 0.11170929281604328],
    [7.5, 5, 0.186029833602867],
    [60, 9, 1.3406780483959625e-9],
  ])('chi-squared tail of %d with %d degrees', (value, degrees, expected) => {
    expect(chiSquaredTail(value, degrees) / expected).toBeCloseTo(1, 9)
  })

  test('an empty sum of logarithms, and one of impossible terms, is minus infinity', () => {
    expect(logSumExp([])).toBe(Number.NEGATIVE_INFINITY)
    expect(logSumExp([Number.NEGATIVE_INFINITY])).toBe(Number.NEGATIVE_INFINITY)
  })

  test('the three ways to a rising factorial agree where they meet', () => {
    for (const start of [0.01, 0.5, 7.999, 8, 8.001, 63.999, 64, 300]) {
      for (const steps of [12, 13, 14, 80]) {
        let sum = 0
        for (let step = 0; step < steps; step++) sum += Math.log(start + step)
        expect(logRisingFactorial(start, steps)).toBeCloseTo(sum, 12)
      }
    }
  })

  test('the table gives what the function gives, and asks it once', () => {
    let asked = 0
    const table = smoothTable((at) => {
      asked += 1
      return Math.log1p(Math.exp(at))
    })
    for (let at = -9; at <= 9; at += 0.01) expect(table(at)).toBeCloseTo(Math.log1p(Math.exp(at)), 9)
    expect(asked).toBeLessThan(100)
    expect(table(1000)).toBe(Number.POSITIVE_INFINITY)
    // a digit beside a node
    for (const at of [0.25 + 2 ** -54, 0.25 - 2 ** -54, 2 ** -60, -7.25 - 2 ** -50, 5e-324, -1e-307]) {
      expect(table(at)).toBeCloseTo(Math.log1p(Math.exp(at)), 9)
    }
  })
})
