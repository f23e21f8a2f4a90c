import type { TwoCounts } from './two-counts.ts'
import { type Interval, wilsonInterval } from './wilson-interval.ts'

/**
 * Where the difference of two rates (first less second) may lie, looked at once.
 *
 * Newcombe's hybrid: the two Wilson intervals, joined. Holds for any counts and never leaves −1 to 1;
 * an arm without runs leaves everything open.
 *
 * Source: Newcombe, Statistics in Medicine 17 (1998), 873, method 10.
 *
 * @example 56 of 70 against 48 of 80, 95 %: 0.0524 to 0.3339
 */
export function newcombeInterval(counts: TwoCounts, confidence: number): Interval {
  const { bad1, runs1, bad2, runs2 } = counts
  if (runs1 <= 0 || runs2 <= 0) return { lower: -1, upper: 1 }
  const one = wilsonInterval(bad1, runs1, confidence)
  const two = wilsonInterval(bad2, runs2, confidence)
  const rate1 = bad1 / runs1
  const rate2 = bad2 / runs2
  return {
    lower: rate1 - rate2 - Math.hypot(rate1 - one.lower, two.upper - rate2),
    upper: rate1 - rate2 + Math.hypot(one.upper - rate1, rate2 - two.lower),
  }
}
