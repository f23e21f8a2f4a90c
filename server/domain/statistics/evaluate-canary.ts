import { alwaysValidBounds, type Bounds } from './always-valid-bounds.ts'
import type { Drift } from './base-drift.ts'
import { canaryModel } from './canary-model.ts'
import { changesToJudge } from './changes-to-judge.ts'
import { evaluateGain, type Gain } from './evaluate-gain.ts'
import { DEFAULT_OPTIONS, type EvaluationOptions } from './evaluation-options.ts'
import { likelihoodCurve } from './likelihood-curve.ts'
import { logEvidence } from './log-evidence.ts'
import { logOdds } from './log-odds.ts'
import { meanRate, posterior, probabilityAbove } from './posterior.ts'
import { rateFromLogOdds } from './rate-from-log-odds.ts'
import type { StationTally } from './station-tally.ts'

/** What holds with and without canary runs. Rates are bad rates, changes are in log-odds. */
type Expectation = {
  readonly fleetRate: number
  readonly stationVariance: number
  readonly drift: Drift
  readonly expectedRate: number
}

export type NoData = Expectation & { readonly status: 'no data'; readonly units: 0; readonly bad: 0 }

export type Judged = Expectation & {
  readonly status: 'judged'
  readonly units: number
  readonly bad: number
  readonly observedRate: number
  /** Tolerated, unacceptable and severe change, from the expected rate. */
  readonly margin: number
  readonly unacceptable: number
  readonly severe: number
  /** That the change is above the margin; a breach from `evidenceNeeded` on, with three bad. */
  readonly logEvidence: number
  readonly evidenceNeeded: number
  readonly breach: boolean
  /** That the change is below unacceptable: proof of a pass, valid at any look. */
  readonly logEvidenceOfPass: number
  /** Always-valid limits of the change, infinite where nothing is proven. */
  readonly lowerLogOdds: number
  readonly upperLogOdds: number
  /** The same limits as differences from the expected rate; always finite. */
  readonly lowerRateDelta: number
  readonly upperRateDelta: number
  readonly probabilityWorse: number
  readonly probabilityUnacceptable: number
  readonly probabilitySevere: number
  readonly posteriorRate: number
  /** Of the good outcome; null where it was not asked for or cannot be more than tolerated. */
  readonly gain: Gain | null
}

export type CanaryEvaluation = NoData | Judged

/**
 * Judges the canary stations against what their own past, the base stations and the mix lead us to
 * expect: the station-baselined beta-binomial e-process.
 *
 * The verdict comes from the evidence at the margin, computed exactly there; the drawn lower bound
 * follows it, so that a card never shows one thing and decides another. Three bad are the least for
 * a breach. Nothing is kept between calls: the same counts give the same verdict, in any order.
 *
 * Holds for any non-negative counts; without a canary run the status is `no data`.
 *
 * Source: the product's own method; see the parts for theirs.
 *
 * @example 6 bad of 60 on one of ten stations at 2 %: evidence e^3.13 = 23, a breach at alpha 0.05
 */
export function evaluateCanary(
  stations: readonly StationTally[],
  options: EvaluationOptions = {},
): CanaryEvaluation {
  const settings: typeof DEFAULT_OPTIONS & EvaluationOptions = { ...DEFAULT_OPTIONS, ...options }
  const model = canaryModel(stations, settings)
  const { drift, expectedRate, units, bad } = model
  const expectation = {
    fleetRate: model.fleet.rate,
    stationVariance: model.fleet.stationVariance,
    drift,
    expectedRate,
  }
  if (units === 0) return { status: 'no data', ...expectation, units, bad: 0 }

  const curve = likelihoodCurve(model.canary, drift)
  const { margin, unacceptable, severe } = changesToJudge(expectedRate, settings)
  const evidence = logEvidence(curve, margin, 1)
  const evidenceNeeded = Math.log(1 / settings.alpha)
  const bounds = inAgreement(alwaysValidBounds(curve, settings.alpha), margin, evidence >= evidenceNeeded)
  const believed = posterior(curve, settings.priorSpread)
  const expected = logOdds(expectedRate)
  return {
    status: 'judged',
    ...expectation,
    units,
    bad,
    observedRate: bad / units,
    margin,
    unacceptable,
    severe,
    logEvidence: evidence,
    evidenceNeeded,
    breach: evidence >= evidenceNeeded && bad >= LEAST_BAD,
    logEvidenceOfPass: logEvidence(curve, unacceptable, -1),
    lowerLogOdds: bounds.lower,
    upperLogOdds: bounds.upper,
    lowerRateDelta: rateFromLogOdds(expected + bounds.lower) - expectedRate,
    upperRateDelta: rateFromLogOdds(expected + bounds.upper) - expectedRate,
    probabilityWorse: probabilityAbove(believed, 0),
    probabilityUnacceptable: probabilityAbove(believed, unacceptable),
    probabilitySevere: probabilityAbove(believed, severe),
    posteriorRate: meanRate(believed, expected),
    gain:
      settings.gainPoints === undefined
        ? null
        : evaluateGain(curve, expectedRate, { points: settings.gainPoints, alpha: settings.gainAlpha }),
  }
}

const LEAST_BAD = 3

/** The walk to the bounds goes in steps, the verdict does not: where they differ the verdict holds. */
function inAgreement(bounds: Bounds, margin: number, isProvenWorse: boolean): Bounds {
  const lower = isProvenWorse ? Math.max(bounds.lower, margin) : Math.min(bounds.lower, margin)
  return { lower, upper: Math.max(bounds.upper, lower) }
}
