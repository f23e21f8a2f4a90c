import { rateFromLogOdds } from './rate-from-log-odds.ts'
import type { CanaryStation } from './summed-kernel.ts'

/**
 * How closely the canary's counts fix the shift of its bad rate: a standard deviation in log-odds.
 *
 * Each station knows its shift up to chance (at the expected or the seen rate, whichever tells more)
 * and up to its own variance; stations together know it better. No stations: nothing is known, infinity.
 * Used to choose how finely drifts are averaged, so that its own accuracy is of no account.
 *
 * Source: inverse-variance pooling, DerSimonian and Laird (1986).
 *
 * @example 100 stations with 3 bad of 100 where 3 are expected, variance 0.04: 0.062
 */
export function likelihoodWidth(stations: readonly CanaryStation[]): number {
  let information = 0
  for (const { runs, bad, logOdds, variance } of stations) {
    const expected = rateFromLogOdds(logOdds) * rateFromLogOdds(-logOdds)
    const seen = (bad / runs) * (1 - bad / runs)
    information += 1 / (1 / (runs * Math.max(expected, seen)) + variance)
  }
  return 1 / Math.sqrt(information)
}
