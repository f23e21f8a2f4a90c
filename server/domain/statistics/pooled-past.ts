import type { StationTally } from './station-tally.ts'

/** The whole fleet's past: how often a run is bad, and how much stations differ in that. */
export type PooledPast = {
  readonly runs: number
  readonly bad: number
  /** Pooled rate with half a failure added, so that it is never exactly 0 or 1. */
  readonly rate: number
  /** Variance between stations of the log-odds of their rates. */
  readonly stationVariance: number
}

/**
 * The fleet's pooled past rate and the variance between its stations.
 *
 * The spread of the stations' own rates beyond what chance alone gives is the moment estimate; it is
 * averaged, by precision, with a guess (standard deviation 0.5 on the log-odds scale), since few
 * stations say little about their spread. It is never taken below 0.01: no two stations are equal.
 * Holds for any counts; fewer than two stations with a past leave the guess as it is.
 *
 * Source: DerSimonian and Laird, Controlled Clinical Trials 7 (1986), 177, on log-odds by one
 * Newton step from the pooled rate.
 *
 * @example ten stations of 1,000 runs with 15 to 23 bad: rate 0.0191, variance at its floor of 0.01
 */
export function pooledPast(stations: readonly StationTally[]): PooledPast {
  let runs = 0
  let bad = 0
  for (const station of stations) {
    runs += station.pastRuns
    bad += station.pastBad
  }
  const rate = (bad + 0.5) / (runs + 1)
  return { runs, bad, rate, stationVariance: Math.max(varianceBetween(stations, rate), SMALLEST_VARIANCE) }
}

const GUESSED_VARIANCE = 0.25
const VARIANCE_OF_THE_GUESS = 0.0625
const SMALLEST_VARIANCE = 0.01

function varianceBetween(stations: readonly StationTally[], rate: number): number {
  const perRun = rate * (1 - rate)
  let observed = 0
  let weights = 0
  let squares = 0
  let spread = 0
  for (const station of stations) {
    if (station.pastRuns <= 0) continue
    const weight = station.pastRuns * perRun
    const shift = (station.pastBad / station.pastRuns - rate) / perRun
    observed += 1
    weights += weight
    squares += weight * weight
    spread += weight * shift * shift
  }
  const information = weights - squares / weights
  if (observed < 2 || !(information > 0)) return GUESSED_VARIANCE
  const estimate = (spread - (observed - 1)) / information
  const doubt = (2 * (observed - 1)) / information ** 2 / VARIANCE_OF_THE_GUESS
  // information so small that its square vanishes says nothing about the spread
  return Number.isFinite(doubt) ? (estimate + doubt * GUESSED_VARIANCE) / (1 + doubt) : GUESSED_VARIANCE
}
