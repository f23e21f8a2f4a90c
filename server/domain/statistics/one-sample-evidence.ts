import { ALTERNATIVES } from './alternatives.ts'
import { logOdds } from './log-odds.ts'
import { logSumExp } from './log-sum-exp.ts'
import { rateFromLogOdds } from './rate-from-log-odds.ts'

/**
 * Logarithm of the evidence that a bad rate lies above a set limit, valid at any look.
 *
 * For an absolute target, a burn rate, or a station against nothing but its own past: there is no
 * base, the limit is known. The likelihood of rates above the limit, averaged, over that at the
 * limit. Holds for 0 ≤ bad ≤ runs; no runs: 0.
 *
 * Source: mixture martingale, Robbins, Annals of Mathematical Statistics 41 (1970), 1397.
 *
 * @example oneSampleLogEvidence(12, 200, 0.02) // 4.30: evidence 74 that more than 2 % are bad
 */
export function oneSampleLogEvidence(bad: number, runs: number, limit: number): number {
  const at = logOdds(limit)
  const counted = Math.min(bad, runs)
  return logSumExp(
    ALTERNATIVES.map(({ beyond, logShare }) => {
      // from odds to odds, the pass rates differ by log(1 - limit) - log(1 - rate) alone
      const passes = Math.log1p(-rateFromLogOdds(at)) - Math.log1p(-rateFromLogOdds(at + beyond))
      return logShare + counted * beyond - runs * passes
    }),
  )
}
