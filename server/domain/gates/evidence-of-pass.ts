// Proof of a pass: evidence, valid at any look, that the bad rate is below what is unacceptable.

import type { Judged } from '../statistics/evaluate-canary.ts'
import type { EvaluationOptions } from '../statistics/evaluation-options.ts'
import { DEFAULT_OPTIONS } from '../statistics/evaluation-options.ts'
import { logSumExp } from '../statistics/log-sum-exp.ts'
import { oneSampleLogEvidence } from '../statistics/one-sample-evidence.ts'

/**
 * Where next to nothing was ever bad, the past does not say how stations differ, and against so wide a guess no number
 * of good runs proves anything: a thousand, or a million, without a timeout. What is unacceptable is then a set number
 * of points above an expected rate near zero, and these stations' own rate can be held against it by itself. The mean
 * of two evidences is an evidence.
 */
export function logEvidenceOfPass(
  evaluation: Pick<Judged, 'expectedRate' | 'units' | 'bad' | 'logEvidenceOfPass'>,
  options: Pick<EvaluationOptions, 'unacceptableRelative' | 'unacceptablePoints'>,
): number {
  const { expectedRate, units, bad } = evaluation
  const { unacceptableRelative, unacceptablePoints } = { ...DEFAULT_OPTIONS, ...options }
  const limit = expectedRate + unacceptablePoints
  if (expectedRate * unacceptableRelative > limit) return evaluation.logEvidenceOfPass
  const ofRate = oneSampleLogEvidence(units - bad, units, 1 - limit)
  return logSumExp([evaluation.logEvidenceOfPass, ofRate]) - Math.log(2)
}
