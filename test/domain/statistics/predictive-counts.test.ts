import { expect, test } from 'vitest'
import { predictiveCounts } from '../../../server/domain/statistics/predictive-counts.ts'

// Reference values: scipy.stats.betabinom(n, a, b) with a = m s, b = (1 - m) s, s = 1 / (v m (1 - m)) - 1.
test('the band holds 95 of 100 counts, as the beta-binomial has it', () => {
  const prior = { rate: 0.02, variance: 0.1 }
  expect(predictiveCounts({ runs: 60, bad: 1 }, prior)).toMatchObject({ low: 0, high: 4 })
  expect(predictiveCounts({ runs: 60, bad: 7 }, prior).chance).toBeCloseTo(0.00121, 5)
  expect(predictiveCounts({ runs: 1000, bad: 20 }, prior)).toMatchObject({ low: 7, high: 37 })
})

test('with hardly any doubt of the rate it is the binomial', () => {
  // Binomial(20, 0.5): 2.5 % below 6 and above 14.
  expect(predictiveCounts({ runs: 20, bad: 10 }, { rate: 0.5, variance: 1e-7 })).toMatchObject({
    low: 6,
    high: 14,
    chance: 1,
  })
})

test('the ends of what can be counted stay within it', () => {
  expect(predictiveCounts({ runs: 0, bad: 0 }, { rate: 0.1, variance: 0.2 })).toEqual({
    low: 0,
    high: 0,
    chance: 1,
  })
  expect(predictiveCounts({ runs: 5, bad: 5 }, { rate: 0.001, variance: 0.05 }).chance).toBeLessThan(1e-9)
  expect(predictiveCounts({ runs: 3000, bad: 3000 }, { rate: 0.99, variance: 0.2 }).high).toBe(2992)
})
