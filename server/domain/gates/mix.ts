// The mix of products and shifts: what a station's rate is expected to become because it makes other things.
import { logOdds } from '../statistics/log-odds.ts'

/** Per metric and `cell`, the fleet's bad rate on base before the rollout; under `''` the fleet's own. */
export type UsualRates = Record<string, Record<string, number>>

/** A product on a shift. */
export function cell(product: string | null, shift: number): string {
  return `${shift} ${product ?? ''}`
}

/** The bad rate usual for that product and shift; the fleet's own where it is new, 0 where nothing is known. */
export function usualRate(rates: UsualRates, metric: string, product: string | null, shift: number): number {
  const ofMetric = rates[metric]
  return ofMetric?.[cell(product, shift)] ?? ofMetric?.[''] ?? 0
}

/**
 * How much a change of mix moves a station's expected bad rate, in log-odds: `mixIndex` on sums that were kept while
 * counting. `expected` sums the usual rate of everything counted, so `expected / n` is what the mix alone would give.
 */
export function mixShift(
  past: { n: number; expected: number },
  since: { n: number; expected: number },
): number {
  if (past.n <= 0 || since.n <= 0 || past.expected <= 0 || since.expected <= 0) return 0
  return logOdds(since.expected / since.n) - logOdds(past.expected / past.n)
}
