/**
 * The rate that belongs to a log-odds value, the way back from `logOdds`.
 *
 * Holds for every number, including both infinities (0 and 1). Two forms, because the exponential
 * of a large positive number would overflow and lose the digits of rates near 0.
 *
 * Source: Agresti, Categorical Data Analysis (2013), 5.1.
 *
 * @example rateFromLogOdds(-3.8918) // 0.02
 */
export function rateFromLogOdds(logOdds: number): number {
  if (logOdds >= 0) return 1 / (1 + Math.exp(-logOdds))
  const odds = Math.exp(logOdds)
  return odds / (1 + odds)
}
