import { canaryModel } from './canary-model.ts'
import { changesToJudge } from './changes-to-judge.ts'
import { DEFAULT_OPTIONS, type EvaluationOptions } from './evaluation-options.ts'
import { likelihoodCurve } from './likelihood-curve.ts'
import { logEvidence } from './log-evidence.ts'
import { rateFromLogOdds } from './rate-from-log-odds.ts'
import type { StationTally } from './station-tally.ts'

export type ChangeInSight = {
  /** In log-odds of the bad rate. */
  readonly change: number
  readonly expectedRate: number
  /** The bad rate that this change leads to, of the same runs. */
  readonly rate: number
}

/**
 * Before the runs: the smallest worsening that the canary's evidence proves with so many runs, if each
 * station fails exactly as often as its rate says.
 *
 * The evidence is the verdict's own, with its margin and its three bad. Real counts scatter around the
 * mean ones: a change of this size is stopped by then in about half of all rollouts, a larger one more
 * often. Beside what limits any number of runs (`smallestProvableChange`) a few runs see less, as they
 * hold less. `bad` of the canary stations is not looked at. No canary run, or none in sight up to 16
 * log-odds: undefined.
 *
 * Eleven halvings find the change to 0.008 log-odds: 1 ms with one canary station, 3 ms with 100.
 *
 * Source: the product's own method; the evidence at expected counts as in Wald (1947), A.72.
 *
 * @example 20 stations with 20 bad of 1,000 each, alpha 0.05, no margin: one canary station sees 98 → 90 %
 * in 48 runs, by when half of the simulated rollouts of such a build were stopped
 */
export function smallestChangeInSight(
  stations: readonly StationTally[],
  options: EvaluationOptions = {},
): ChangeInSight | undefined {
  const settings: typeof DEFAULT_OPTIONS & EvaluationOptions = { ...DEFAULT_OPTIONS, ...options }
  const { canary, drift, units, expectedRate } = canaryModel(stations, settings)
  const { margin } = changesToJudge(expectedRate, settings)
  const countsAt = (change: number) =>
    canary.map((station) => ({
      ...station,
      bad: station.runs * rateFromLogOdds(station.logOdds + drift.shift + change),
    }))
  const isSeen = (change: number) => {
    const counts = countsAt(change)
    const evidence = logEvidence(likelihoodCurve(counts, drift), margin, 1)
    return evidence >= Math.log(1 / settings.alpha) && badOf(counts) >= LEAST_BAD
  }
  if (units === 0 || !isSeen(LARGEST)) return undefined
  let [unseen, seen] = [0, LARGEST]
  for (let halving = 0; halving < HALVINGS; halving++) {
    const middle = (unseen + seen) / 2
    if (isSeen(middle)) seen = middle
    else unseen = middle
  }
  return { change: seen, expectedRate, rate: badOf(countsAt(seen)) / units }
}

const LARGEST = 16
const HALVINGS = 11
const LEAST_BAD = 3

function badOf(stations: readonly { readonly bad: number }[]): number {
  return stations.reduce((sum, { bad }) => sum + bad, 0)
}
