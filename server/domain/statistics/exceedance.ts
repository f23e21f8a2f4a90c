import { median } from 'simple-statistics'
import type { Counts } from './estimate-drift-noise.ts'

/** Runs over a station's own threshold, before and since, ready for `evaluateCanary`. */
export type Exceedance = { readonly threshold: number; readonly past: Counts; readonly since: Counts }

/**
 * Turns a measured number (a duration, a current) into good and bad runs: bad is beyond the station's
 * own past median, and for the canary beyond the tolerated part of it besides.
 *
 * Half of a past is beyond its median, so the counts are exact whatever the unit, the shape or the
 * outliers. With tolerance 0 (the base arm) the median itself is the limit. A value equal to the
 * limit is good. Without a past there is no limit: undefined.
 *
 * Source: median test, Mood, Introduction to the Theory of Statistics (1950), 16.5.
 *
 * @example past median 60.1 s, tolerance 10 %: of 66.5, 67.1, 60.2, 70, 65.9, 66.3 four are bad
 */
export function exceedance(
  past: readonly number[],
  since: readonly number[],
  tolerance: number,
  direction: 'increase' | 'decrease',
): Exceedance | undefined {
  if (past.length === 0) return undefined
  const threshold = median([...past])
  const sign = direction === 'increase' ? 1 : -1
  const limit = threshold + sign * tolerance * Math.abs(threshold)
  const beyond = (values: readonly number[], bound: number): Counts => ({
    bad: values.filter((value) => sign * (value - bound) > 0).length,
    runs: values.length,
  })
  return { threshold, past: beyond(past, threshold), since: beyond(since, limit) }
}
