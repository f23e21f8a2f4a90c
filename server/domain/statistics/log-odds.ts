/**
 * Log-odds of a rate: the scale on which "twice as many failures" means the same at 1 % and at 20 %.
 *
 * Holds for every rate from 0 to 1. The two ends have no finite log-odds, so a rate is first kept
 * `SMALLEST` away from them; a test line never measures a rate that fine.
 *
 * Source: Agresti, Categorical Data Analysis (2013), 5.1.
 *
 * @example logOdds(0.02) // -3.8918: 1 failure against 49 passes
 */
export function logOdds(rate: number): number {
  const kept = Math.min(Math.max(rate, SMALLEST), 1 - SMALLEST)
  return Math.log(kept) - Math.log1p(-kept)
}

const SMALLEST = 1e-15
