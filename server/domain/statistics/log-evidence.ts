import { ALTERNATIVES } from './alternatives.ts'
import type { LikelihoodCurve } from './average-over-drift.ts'
import { logSumExp } from './log-sum-exp.ts'

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
  const average = logSumExp(
    ALTERNATIVES.map(({ beyond, logShare }) => logShare + curve(limit + direction * beyond)),
  )
  return average - curve(limit)
}
