import { type BaseStation, baseDrift, type Drift } from './base-drift.ts'
import { logOdds } from './log-odds.ts'
import { type PooledPast, pooledPast } from './pooled-past.ts'
import { rateFromLogOdds } from './rate-from-log-odds.ts'
import { type StationPrior, stationPrior } from './station-prior.ts'
import { type StationTally, tallyInRange } from './station-tally.ts'
import type { CanaryStation } from './summed-kernel.ts'

export type ModelOptions = {
  /** Standard deviation, in log-odds, of what a deployment does to one station by chance. */
  readonly driftNoise: number
  /** Per station: how its change of product and shift moves its expected log-odds (`mixIndex`). */
  readonly mix?: ReadonlyMap<string, number>
  /** The last drift known, used when no base station is left. */
  readonly previousDrift?: Drift
}

/** What is expected of the canary stations without the new build, and what they counted. */
export type CanaryModel = {
  readonly fleet: PooledPast
  readonly drift: Drift
  /** The canary stations with at least one run. */
  readonly canary: readonly (CanaryStation & { readonly id: string })[]
  readonly units: number
  readonly bad: number
  /** Expected bad rate of these stations now, each weighted by its runs; of the fleet without any. */
  readonly expectedRate: number
}

/**
 * Puts the stations' counts into the model: fleet, prior of each station, drift of the base stations.
 *
 * Holds for any non-negative counts, and for any mix of stations in the two arms.
 *
 * @example one canary station, 20 bad of 1,000 before: expected 2.08 % while base drifts up by 0.077
 */
export function canaryModel(stations: readonly StationTally[], options: ModelOptions): CanaryModel {
  const tallies = stations.map(tallyInRange)
  const fleet = pooledPast(tallies)
  const placed = tallies.map((tally) => ({
    ...tally,
    prior: shiftedByMix(stationPrior(tally, fleet), options.mix?.get(tally.id) ?? 0),
  }))
  const base: BaseStation[] = placed.filter((station) => station.arm === 'base')
  const running = placed.filter((station) => station.arm === 'canary' && station.runs > 0)
  const drift = baseDrift(base, options.driftNoise, options.previousDrift)
  const units = running.reduce((sum, station) => sum + station.runs, 0)
  const expectedBad = running.reduce(
    (sum, station) => sum + station.runs * rateFromLogOdds(station.prior.logOdds + drift.shift),
    0,
  )
  return {
    fleet,
    drift,
    canary: running.map(({ id, runs, bad, prior }) => ({
      id,
      runs,
      bad,
      logOdds: prior.logOdds,
      variance: prior.variance + options.driftNoise ** 2,
    })),
    units,
    bad: running.reduce((sum, station) => sum + station.bad, 0),
    expectedRate: units > 0 ? expectedBad / units : rateFromLogOdds(logOdds(fleet.rate) + drift.shift),
  }
}

/** 30 log-odds is one in ten million million: a mix can make a rate no more extreme than that. */
const FURTHEST = 30

function shiftedByMix(prior: StationPrior, shift: number): StationPrior {
  return { ...prior, logOdds: Math.max(-FURTHEST, Math.min(FURTHEST, prior.logOdds + shift)) }
}
