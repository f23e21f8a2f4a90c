import { median } from 'simple-statistics'
import { describe, expect, test } from 'vitest'
import { usualNumber } from '../../server/domain/gates/usual-number.ts'

describe('the usual number of a station', () => {
  const half = { statistic: 'quantile', quantile: 0.5 } as const

  test('is the median, whatever the order, of an even and an odd count', () => {
    for (const values of [
      [9, 1, 5, 3, 7],
      [9, 1, 5, 3, 7, 4],
      [2, 2, 2, 2, 900],
    ])
      expect(usualNumber(half, values)).toBe(median(values))
  })

  test('is a quantile between its two neighbours, as PostgreSQL’s percentile_cont has it', () => {
    // select percentile_cont(0.9) within group (order by v) from unnest(array[10,20,30,40,50,60]) v; -- 55
    expect(usualNumber({ statistic: 'quantile', quantile: 0.9 }, [10, 20, 30, 40, 50, 60])).toBeCloseTo(
      55,
      12,
    )
    expect(usualNumber({ statistic: 'quantile', quantile: 0.999 }, [1, 2, 3, 4, 5])).toBeCloseTo(4.996, 12)
  })

  test('is the mean where that is asked for, of huge numbers too', () => {
    expect(usualNumber({ statistic: 'mean' }, [1, 2, 3, 4, 10])).toBeCloseTo(4, 12)
    expect(usualNumber({ statistic: 'mean' }, [1e308, 1e308, 1e308, 1e308, 1e308])).toBeCloseTo(1e308, -300)
  })

  test('is not known from fewer than five values', () => {
    expect(usualNumber(half, [1, 2, 3, 4])).toBeNull()
    expect(usualNumber({ statistic: 'mean' }, [])).toBeNull()
  })
})
