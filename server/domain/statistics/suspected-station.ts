import type { Drift } from './base-drift.ts'
import { canaryModel } from './canary-model.ts'
import { changesToJudge } from './changes-to-judge.ts'
import { DEFAULT_OPTIONS, type EvaluationOptions } from './evaluation-options.ts'
import { likelihoodCurve } from './likelihood-curve.ts'
import { logEvidence } from './log-evidence.ts'
import { posterior, probabilityAbove } from './posterior.ts'
import { rateFromLogOdds } from './rate-from-log-odds.ts'
import { strongestFirst } from './station-evidence.ts'
import type { StationTally } from './station-tally.ts'
import type { CanaryStation } from './summed-kernel.ts'

/** The canary station that speaks loudest against the build, and what the others say without it. */
export type StrongestStation = {
  readonly id: string
  readonly logEvidenceAlone: number
  readonly logEvidenceOfOthers: number
  readonly probabilityOthersWorse: number
  /** The others give no evidence against the build and centre on no effect. */
  readonly isSuspected: boolean
}

/**
 * Build or station? Leaves out the canary station with the strongest evidence and looks again.
 *
 * A bad build shows on every station; a loose fixture on one. When the evidence falls under 1
 * without the strongest station, and the others are not even likely to be worse, the station is
 * suspected before the build is. Fleet, drift and margin stay those of the whole. Fewer than two
 * canary stations with runs cannot tell: undefined.
 *
 * Holds for any counts. It names where to look; it does not change the verdict.
 *
 * @example of three stations one fails every run, two run as before: that one is suspected
 */
export function suspectedStation(
  stations: readonly StationTally[],
  options: EvaluationOptions = {},
): StrongestStation | undefined {
  const settings = { ...DEFAULT_OPTIONS, ...options }
  const { canary, drift, expectedRate } = canaryModel(stations, settings)
  const { margin } = changesToJudge(expectedRate, settings)
  const [strongest] = strongestFirst(mostExcess(canary, drift), drift, margin)
  if (!strongest || canary.length < 2) return undefined
  const others = likelihoodCurve(
    canary.filter((station) => station.id !== strongest.id),
    drift,
  )
  const logEvidenceOfOthers = logEvidence(others, margin, 1)
  const probabilityOthersWorse = probabilityAbove(posterior(others, settings.priorSpread), 0)
  return {
    id: strongest.id,
    logEvidenceAlone: strongest.logEvidence,
    logEvidenceOfOthers,
    probabilityOthersWorse,
    isSuspected:
      strongest.logEvidence > 0 && logEvidenceOfOthers < 0 && probabilityOthersWorse <= CENTRED_ON_NO_EFFECT,
  }
}

/** Three to one: beyond that the others lean towards a worse build. */
const CENTRED_ON_NO_EFFECT = 0.75

/** Ten stations are looked at closely; the strongest is among those with the most excess of bad runs. */
const MOST_CANDIDATES = 10

function mostExcess<Station extends CanaryStation>(canary: readonly Station[], drift: Drift): Station[] {
  return canary
    .map((station) => {
      const expected = station.runs * rateFromLogOdds(station.logOdds + drift.shift)
      const chance = Math.sqrt(expected + station.variance * expected ** 2)
      return { station, excess: (station.bad - expected) / chance }
    })
    .sort((one, other) => other.excess - one.excess)
    .slice(0, MOST_CANDIDATES)
    .map(({ station }) => station)
}
