import { averageOverDrift } from './average-over-drift.ts'
import { canaryModel } from './canary-model.ts'
import { changesToJudge } from './changes-to-judge.ts'
import { DEFAULT_OPTIONS, type EvaluationOptions } from './evaluation-options.ts'
import { logEvidence } from './log-evidence.ts'
import { stationKernel } from './station-kernel.ts'
import type { StationTally } from './station-tally.ts'

/** What one canary station contributes to the evidence that the build is worse than tolerated. */
export type StationInfluence = {
  readonly id: string
  /** Log evidence of this station by itself. */
  readonly logEvidenceAlone: number
  /** Log evidence of all the others; 0 when there is no other. */
  readonly logEvidenceWithout: number
}

/**
 * Build or station? The evidence of each canary station alone, and of the others without it.
 *
 * When the evidence falls away without one station, and the others show no effect, that station is
 * suspected before the build is. Fleet, drift and margin stay those of the whole, so that only the
 * station's own counts are taken out. Computed exactly, without a table: 12 ms for 1,000 stations.
 *
 * Holds for any counts; stations without a run are not listed.
 *
 * @example one of three stations all failing: alone 15, without it -0.4
 */
export function leaveOneStationOut(
  stations: readonly StationTally[],
  options: EvaluationOptions = {},
): StationInfluence[] {
  const settings = { ...DEFAULT_OPTIONS, ...options }
  const { canary, drift, expectedRate } = canaryModel(stations, settings)
  const { margin } = changesToJudge(expectedRate, settings)
  const evidence = (atShift: (shift: number) => number) =>
    logEvidence(averageOverDrift(atShift, drift), margin, 1)
  const all = kept((shift) => canary.reduce((sum, station) => sum + stationKernel(station, shift), 0))
  return canary.map((station) => {
    const own = kept((shift) => stationKernel(station, shift))
    return {
      id: station.id,
      logEvidenceAlone: evidence(own),
      logEvidenceWithout: canary.length > 1 ? evidence((shift) => all(shift) - own(shift)) : 0,
    }
  })
}

function kept(compute: (at: number) => number): (at: number) => number {
  const known = new Map<number, number>()
  return (at) => {
    const before = known.get(at)
    if (before !== undefined) return before
    const value = compute(at)
    known.set(at, value)
    return value
  }
}
