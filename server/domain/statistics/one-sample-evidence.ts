import { ALTERNATIVES } from './alternatives.ts'
import { logOdds } from './log-odds.ts'
import { logSumExp } from './log-sum-exp.ts'

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
  return logEvidenceAbove(bad, runs, logOdds(limit))
}

/** The same for a limit in log-odds: a rate next to 1 has not the digits to say how far it is from it. */
export function logEvidenceAbove(bad: number, runs: number, limit: number): number {
  const failed = Math.min(bad, runs)
  const passed = runs - failed
  return logSumExp(
    ALTERNATIVES.map(({ beyond, logShare }) => {
      const perFailure = logPassing(-limit - beyond) - logPassing(-limit)
      const perPass = logPassing(limit + beyond) - logPassing(limit)
      return logShare + failed * perFailure + passed * perPass
    }),
  )
}

/** Logarithm of the pass rate at so many log-odds of failing; of the failure rate at the opposite. */
function logPassing(logOddsOfFailing: number): number {
  return -Math.max(logOddsOfFailing, 0) - Math.log1p(Math.exp(-Math.abs(logOddsOfFailing)))
}
