import { logEvidenceAbove } from './one-sample-evidence.ts'
import { rateFromLogOdds } from './rate-from-log-odds.ts'
import type { Interval } from './wilson-interval.ts'

/**
 * Where a single bad rate may lie, looked at as often as anybody likes.
 *
 * Every limit below `lower` is refuted by the evidence that the rate is above it, every limit above
 * `upper` by its mirror, with evidence 1/alpha. Each side is left by at most a share alpha of all
 * series of runs, ever; both together by twice that. Shown beside an absolute limit: the limit is
 * breached, at the same alpha, when `lower` is above it.
 *
 * Holds for 0 ≤ bad ≤ runs (bad above the runs counts as all bad) and 0 < alpha < 1. What is not proven
 * on a side ends at 0 or at 1; no runs: 0 to 1. The smallest change that the evidence bets on is 0.25
 * log-odds, so that the limits come no closer than half of that, an eighth of a small rate.
 *
 * Source: inverting a test martingale, Howard et al., Annals of Statistics 49 (2021), 1055.
 *
 * @example 12 bad of 200, alpha 0.05: 2.4 to 11.8 %, where a single look (Wilson, 90 %) has 3.8 to 9.4
 */
export function oneSampleBounds(bad: number, runs: number, alpha: number): Interval {
  const failed = Math.min(bad, runs)
  return {
    lower: rateFromLogOdds(highestRefuted(failed, runs, alpha)),
    upper: rateFromLogOdds(-highestRefuted(runs - failed, runs, alpha)),
  }
}

/**
 * The highest limit, in log-odds, that the evidence refutes; minus infinity where it refutes none. The
 * evidence falls as the limit rises, so that halving finds it.
 */
function highestRefuted(failed: number, runs: number, alpha: number): number {
  const needed = Math.log(1 / alpha)
  const isRefuted = (limit: number) => logEvidenceAbove(failed, runs, limit) >= needed
  if (!isRefuted(-FURTHEST)) return Number.NEGATIVE_INFINITY
  let refuted = -FURTHEST
  let stands = FURTHEST
  while (stands - refuted > FINENESS) {
    const middle = (refuted + stands) / 2
    if (isRefuted(middle)) refuted = middle
    else stands = middle
  }
  return refuted
}

/** Log-odds of one in a million million million, further out than any count of runs can tell. */
const FURTHEST = 41
const FINENESS = 1e-10
