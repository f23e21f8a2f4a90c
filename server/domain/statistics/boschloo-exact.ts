import { fisherExact } from './fisher-exact.ts'
import { largestOverNuisance } from './largest-over-nuisance.ts'
import type { TwoCounts } from './two-counts.ts'

/**
 * Boschloo's exact test that the first arm's rate is greater.
 *
 * Tables are ordered by Fisher's p-value, but judged without fixing the totals: never less powerful
 * than Fisher's test, and exact. For up to some hundred runs an arm; no runs in one arm: 1.
 *
 * Source: Boschloo, Statistica Neerlandica 24 (1970), 1.
 *
 * @example 7 of 12 against 2 of 18: 0.00503
 */
export function boschlooExact({ bad1, runs1, bad2, runs2 }: TwoCounts): number {
  if (runs1 <= 0 || runs2 <= 0) return 1
  const order = (one: number, two: number) =>
    fisherExact(
      [
        [one, runs1 - one],
        [two, runs2 - two],
      ],
      'greater',
    )
  const seen = order(bad1, bad2) * (1 + 1e-9)
  return largestOverNuisance(runs1, runs2, (one, two) => order(one, two) <= seen)
}
