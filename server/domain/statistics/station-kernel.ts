import { logBetaBinomial } from './log-beta-binomial.ts'

/** A canary station: what it counted, and what its past and the noise between deployments allow. */
export type CanaryStation = {
  readonly runs: number
  readonly bad: number
  /** Log-odds of the expected bad rate without the new build and without drift. */
  readonly logOdds: number
  /** Variance of that log-odds, the noise of a deployment on a station included. */
  readonly variance: number
}

/**
 * How well one station's counts fit a shift of its bad rate by so many log-odds, as a logarithm.
 *
 * The station's own rate is unknown: it scatters around the shifted rate as a Beta distribution with
 * the station's variance, and is integrated out. Holds for every finite shift: the rate is kept
 * inside (1e-7, 1 − 1e-7) and the Beta is never weaker than half a run.
 *
 * Source: Skellam, Journal of the Royal Statistical Society B 10 (1948), 257.
 *
 * @example 6 bad of 60 at 2 % expected: best near a shift of +1.69, that is 10 %
 */
export function stationKernel(station: CanaryStation, shift: number): number {
  const { runs, bad, logOdds, variance } = station
  const rate = Math.min(Math.max(1 / (1 + Math.exp(-(logOdds + shift))), SMALLEST_RATE), 1 - SMALLEST_RATE)
  const strength = Math.max(1 / (variance * rate * (1 - rate)) - 1, LEAST_STRENGTH)
  return logBetaBinomial(bad, runs, rate * strength, (1 - rate) * strength)
}

/**
 * Whether the kernel is free of kinks wherever a verdict looks at it. The limits on rate and strength
 * make kinks, and only a smooth function may be read from a table. Untouched are: a variance under
 * which the strength stays above its limit at every rate, and an expected rate that stays inside
 * (1e-7, 1 − 1e-7) for changes between −3 and +8.5 log-odds.
 */
export function isSmoothKernel(station: CanaryStation, drift: number): boolean {
  const expected = station.logOdds + drift
  return station.variance / 4 < 1 / (LEAST_STRENGTH + 1) && expected > -11 && expected < 4.4
}

const SMALLEST_RATE = 1e-7
const LEAST_STRENGTH = 0.5
