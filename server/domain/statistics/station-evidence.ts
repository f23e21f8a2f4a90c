import type { Drift } from './base-drift.ts'
import { canaryModel } from './canary-model.ts'
import { changesToJudge } from './changes-to-judge.ts'
import { DEFAULT_OPTIONS, type EvaluationOptions } from './evaluation-options.ts'
import { likelihoodCurve } from './likelihood-curve.ts'
import { logEvidence } from './log-evidence.ts'
import type { StationTally } from './station-tally.ts'
import type { CanaryStation } from './summed-kernel.ts'

export type StationEvidence = { readonly id: string; readonly logEvidence: number }

/**
 * The evidence of each canary station by itself that the build is worse than tolerated, strongest
 * first.
 *
 * Fleet, drift and margin are those of the whole rollout. Stations without a run are not listed.
 * Holds for any counts; 30 ms for 1,000 stations.
 *
 * @example three stations of which one fails 60 of 60: that one at 132.9, the others at -0.7
 */
export function stationEvidence(
  stations: readonly StationTally[],
  options: EvaluationOptions = {},
): StationEvidence[] {
  const settings = { ...DEFAULT_OPTIONS, ...options }
  const { canary, drift, expectedRate } = canaryModel(stations, settings)
  return strongestFirst(canary, drift, changesToJudge(expectedRate, settings).margin)
}

export function strongestFirst(
  canary: readonly (CanaryStation & { id: string })[],
  drift: Drift,
  margin: number,
): StationEvidence[] {
  return canary
    .map((station) => ({
      id: station.id,
      logEvidence: logEvidence(likelihoodCurve([station], drift), margin, 1),
    }))
    .sort((one, other) => other.logEvidence - one.logEvidence || (one.id < other.id ? -1 : 1))
}
