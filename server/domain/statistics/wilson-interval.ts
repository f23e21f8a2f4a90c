import { normalQuantile } from './normal-quantile.ts'

/** Limits of a rate, of a difference or of a ratio. */
export type Interval = { readonly lower: number; readonly upper: number }

/**
 * Where a single rate may lie, looked at once: Wilson's score interval, without continuity correction.
 *
 * Holds for every 0 ≤ bad ≤ runs and keeps its promise well even at 0 failures, where the textbook
 * interval has no width. It is not valid under repeated looks. No runs: 0 to 1.
 *
 * Source: Wilson, Journal of the American Statistical Association 22 (1927), 209.
 *
 * @example wilsonInterval(0, 20, 0.95) // { lower: 0, upper: 0.161 }
 */
export function wilsonInterval(bad: number, runs: number, confidence: number): Interval {
  if (runs <= 0) return { lower: 0, upper: 1 }
  const z = normalQuantile((1 + confidence) / 2)
  const rate = bad / runs
  const width = 1 + z ** 2 / runs
  const centre = (rate + z ** 2 / (2 * runs)) / width
  const half = (z / width) * Math.sqrt((rate * (1 - rate)) / runs + z ** 2 / (4 * runs ** 2))
  return {
    lower: bad === 0 ? 0 : Math.max(0, centre - half),
    upper: bad === runs ? 1 : Math.min(1, centre + half),
  }
}
