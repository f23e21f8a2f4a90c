import { alwaysValidBounds } from './always-valid-bounds.ts'
import type { LikelihoodCurve } from './average-over-drift.ts'
import { logEvidence } from './log-evidence.ts'
import { logOdds } from './log-odds.ts'
import { rateFromLogOdds } from './rate-from-log-odds.ts'

/** Whether fewer are bad than anybody expected. Rates are bad rates, changes are in log-odds. */
export type Gain = {
  /** The lowest bad rate that is tolerated: the expected one less the tolerated rise of the good one. */
  readonly toleratedRate: number
  /** The tolerated change, never above 0. */
  readonly margin: number
  /** That the change is below the margin; proven from `evidenceNeeded` on. */
  readonly logEvidence: number
  readonly evidenceNeeded: number
  /** Always-valid limits of the change, infinite where nothing is proven. */
  readonly lowerLogOdds: number
  readonly upperLogOdds: number
  /** The same limits as differences from the expected bad rate; the good one rose by −upper at least. */
  readonly lowerRateDelta: number
  readonly upperRateDelta: number
}

/**
 * Evidence that the good outcome became more frequent than tolerated: a test that has gone blind
 * passes more units than a better product would.
 *
 * The mirror of the evidence of a breach, from the same likelihood curve: that the bad rate fell below
 * the expected rate less `points`. The drawn upper limit follows the evidence at the margin, so that
 * the two never disagree. Where no rate is left below the tolerated one no evidence can exist: null.
 *
 * Holds for 0 ≤ points and 0 < alpha < 1; at most a share alpha of all rollouts that change nothing
 * ever reaches 1/alpha, however often anyone looks.
 *
 * Source: see `logEvidence` and `alwaysValidBounds`.
 *
 * @example 5 bad of 400 on one of ten stations at 10 %, 3 points tolerated: evidence e^8.58 that fewer
 * than 7 % are bad, proven at alpha 0.005; at least 4.8 points fewer than expected
 */
export function evaluateGain(
  curve: LikelihoodCurve,
  expectedRate: number,
  { points, alpha }: { points: number; alpha: number },
): Gain | null {
  const toleratedRate = expectedRate - points
  if (toleratedRate <= 0) return null
  const expected = logOdds(expectedRate)
  const margin = logOdds(toleratedRate) - expected
  const evidence = logEvidence(curve, margin, -1)
  const evidenceNeeded = Math.log(1 / alpha)
  const bounds = alwaysValidBounds(curve, alpha)
  const upper = evidence >= evidenceNeeded ? Math.min(bounds.upper, margin) : Math.max(bounds.upper, margin)
  const lower = Math.min(bounds.lower, upper)
  return {
    toleratedRate,
    margin,
    logEvidence: evidence,
    evidenceNeeded,
    lowerLogOdds: lower,
    upperLogOdds: upper,
    lowerRateDelta: rateFromLogOdds(expected + lower) - expectedRate,
    upperRateDelta: rateFromLogOdds(expected + upper) - expectedRate,
  }
}
