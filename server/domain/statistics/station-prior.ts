import { logOdds } from './log-odds.ts'
import type { PooledPast } from './pooled-past.ts'

/** What a station's own past leads us to expect of it, without the new build. */
export type StationPrior = {
  /** Log-odds of the expected bad rate. */
  readonly logOdds: number
  /** Variance of that log-odds: how well the past pins the station down. */
  readonly variance: number
}

/**
 * What one station is expected to do: the fleet's spread of rates, updated by the station's own past.
 *
 * A station with a long past is judged by it, a new one by the fleet, everything between by both.
 * The variance has two parts: what the station's past leaves open, and how well the fleet's own rate
 * is known, as far as the station leans on it. Holds for 0 ≤ pastBad ≤ pastRuns.
 *
 * Source: Beta-binomial updating, Gelman et al., Bayesian Data Analysis (2013), 5.3; the variance by
 * the delta method.
 *
 * @example 20 bad of 1,000 in a fleet at 1.91 % with variance 0.01: expected 1.93 %, variance 0.0120
 */
export function stationPrior(past: { pastRuns: number; pastBad: number }, fleet: PooledPast): StationPrior {
  const { rate, stationVariance } = fleet
  const strength = Math.max(1 / (stationVariance * rate * (1 - rate)) - 1, LEAST_STRENGTH)
  const failures = rate * strength + past.pastBad
  const passes = (1 - rate) * strength + past.pastRuns - past.pastBad
  const mean = failures / (failures + passes)
  const left = 1 / ((failures + passes + 1) * mean * (1 - mean))
  const leaning = strength / (strength + past.pastRuns)
  return {
    logOdds: logOdds(mean),
    variance: left + leaning ** 2 / ((fleet.bad + 0.5) * (1 - rate)),
  }
}

/** The fleet counts for at least two runs, however much its stations differ. */
const LEAST_STRENGTH = 2
