// The evidence of our own gate and nothing else of a verdict: bounds and posterior are for showing.
import { canaryModel, type ModelOptions } from '../../../server/domain/statistics/canary-model.ts'
import { changesToJudge } from '../../../server/domain/statistics/changes-to-judge.ts'
import {
  DEFAULT_OPTIONS,
  type EvaluationOptions,
} from '../../../server/domain/statistics/evaluation-options.ts'
import { likelihoodCurve } from '../../../server/domain/statistics/likelihood-curve.ts'
import { logEvidence } from '../../../server/domain/statistics/log-evidence.ts'
import type { StationTally } from '../../../server/domain/statistics/station-tally.ts'

/** The settings of one gate, beyond those of the model that all gates share. */
export type OwnGate = {
  readonly name: string
  readonly alpha: number
  readonly marginRelative: number
}

/** The gate at a plain 5 %, and the first-pass-yield gate of the default plan (a test compares). */
export const ownGates = {
  plain: { name: 'ours, α .05, margin 0', alpha: 0.05, marginRelative: 1 },
  defaults: { name: 'ours, defaults (α .015, margin ×1.10)', alpha: 0.015, marginRelative: 1.1 },
} satisfies Record<string, OwnGate>

/**
 * Log evidence of each gate on the same counts: `evaluateCanary(…).logEvidence`, by the same functions
 * and to the last digit, with the likelihood curve shared by the gates.
 */
export function ownEvidence(
  stations: readonly StationTally[],
  gates: readonly OwnGate[],
  options: Partial<ModelOptions> = {},
): number[] {
  const settings: typeof DEFAULT_OPTIONS & EvaluationOptions = { ...DEFAULT_OPTIONS, ...options }
  const model = canaryModel(stations, { ...options, driftNoise: options.driftNoise ?? settings.driftNoise })
  const curve = likelihoodCurve(model.canary, model.drift)
  return gates.map(({ alpha, marginRelative }) => {
    const { margin } = changesToJudge(model.expectedRate, { ...DEFAULT_OPTIONS, alpha, marginRelative })
    return logEvidence(curve, margin, 1)
  })
}
