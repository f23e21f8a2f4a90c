import { UNKNOWN_DRIFT_VARIANCE } from './base-drift.ts'
import { logOdds } from './log-odds.ts'
import { pooledPast } from './pooled-past.ts'
import { rateFromLogOdds } from './rate-from-log-odds.ts'
import { ALLOWANCE } from './runs-to-decision.ts'
import { stationPrior } from './station-prior.ts'
import { type StationTally, tallyInRange } from './station-tally.ts'

export type ProvableChange = {
  /** In log-odds of the bad rate. */
  readonly change: number
  readonly expectedRate: number
  /** The least bad rate that these canary stations can ever prove. */
  readonly provableRate: number
}

/**
 * Before the start: the smallest worsening these canary stations can prove, with any number of runs.
 *
 * What limits them is not chance but themselves: how well each one's past fixes its rate, how much a
 * deployment moves a station by accident, and how well the base stations show the drift. More
 * stations, or a longer past, prove less; more runs do not. Canary stations weigh alike, and base
 * stations count as running for long. No canary station: undefined.
 *
 * Source: the product's own method, from the growth of a normal mixture's evidence (Robbins 1970).
 *
 * @example 20 stations with 1,000 runs each that differ by 0.3 in log-odds, alpha 0.05: one canary
 * station can prove a change of 0.68 (98 → 96.1 %) and nothing smaller, five one of 0.33 (98 → 97.2 %)
 */
export function smallestProvableChange(
  stations: readonly StationTally[],
  { alpha = 0.05, driftNoise = 0.15 }: { alpha?: number; driftNoise?: number } = {},
): ProvableChange | undefined {
  const tallies = stations.map(tallyInRange)
  const fleet = pooledPast(tallies)
  const priors = (arm: 'base' | 'canary') =>
    tallies.filter((tally) => tally.arm === arm).map((tally) => stationPrior(tally, fleet))
  const canary = priors('canary')
  if (canary.length === 0) return undefined
  const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0)
  const ownVariance = sum(canary.map(({ variance }) => variance + driftNoise ** 2)) / canary.length ** 2
  const basePrecision = sum(priors('base').map(({ variance }) => 1 / (variance + driftNoise ** 2)))
  const driftVariance = 1 / (1 / UNKNOWN_DRIFT_VARIANCE + basePrecision)
  const change = Math.sqrt(2 * (Math.log(1 / alpha) + ALLOWANCE) * (ownVariance + driftVariance))
  const expectedRate = sum(canary.map((prior) => rateFromLogOdds(prior.logOdds))) / canary.length
  return { change, expectedRate, provableRate: rateFromLogOdds(logOdds(expectedRate) + change) }
}
