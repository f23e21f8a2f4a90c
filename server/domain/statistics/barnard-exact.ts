import { largestOverNuisance } from './largest-over-nuisance.ts'
import type { TwoCounts } from './two-counts.ts'

/**
 * Barnard's exact test that the first arm's rate is greater, tables ordered by the pooled z value.
 *
 * Exact without fixing the totals. For up to some hundred runs an arm; no runs in one arm: 1.
 *
 * Source: Barnard, Biometrika 34 (1947), 123; order after Suissa and Shuster, JRSS A 148 (1985), 317.
 *
 * @example 7 of 12 against 2 of 18: 0.00503
 */
export function barnardExact({ bad1, runs1, bad2, runs2 }: TwoCounts): number {
  if (runs1 <= 0 || runs2 <= 0) return 1
  const order = (one: number, two: number) => {
    const pooled = (one + two) / (runs1 + runs2)
    const variance = pooled * (1 - pooled) * (1 / runs1 + 1 / runs2)
    return variance > 0 ? (one / runs1 - two / runs2) / Math.sqrt(variance) : 0
  }
  const seen = order(bad1, bad2) - 1e-9
  return largestOverNuisance(runs1, runs2, (one, two) => order(one, two) >= seen)
}
