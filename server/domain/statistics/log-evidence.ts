import { ALTERNATIVES, FURTHEST_ALTERNATIVE } from './alternatives.ts'
import type { LikelihoodCurve } from './average-over-drift.ts'
import { logSumExp } from './log-sum-exp.ts'
import { termsThatCount } from './terms-that-count.ts'

/**
 * Logarithm of the evidence (e-value) that the change lies beyond `limit`, upwards (+1: worse) or
 * downwards (−1: better).
 *
 * A bet against the limit at fair odds: the likelihood averaged over the alternatives, divided by
 * the likelihood at the limit. When the limit holds, its expectation is at most 1 whenever it is
 * looked at, so it reaches 1/alpha in at most a share alpha of all rollouts, however often anyone
 * looks. Holds when stations scatter around their past as the model says.
 *
 * Source: Ville (1939); Grünwald, de Heide and Koolen, Safe Testing, JRSS B 86 (2024), 1091.
 *
 * @example no runs: 0, that is evidence 1; 3.9 is evidence 50, the line at alpha 0.02
 */
export function logEvidence(curve: LikelihoodCurve, limit: number, direction: 1 | -1): number {
  const furthest = limit + direction * FURTHEST_ALTERNATIVE
  const { logs } = termsThatCount(
    ALTERNATIVES,
    ({ beyond, logShare }) => logShare + curve.at(limit + direction * beyond),
    { from: 0, isConcave: curve.isConcave(Math.min(limit, furthest), Math.max(limit, furthest)) },
  )
  return logSumExp(logs) - curve.at(limit)
}
