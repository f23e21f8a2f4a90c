import { rateFromLogOdds } from './rate-from-log-odds.ts'
import type { StationPrior } from './station-prior.ts'

/** How far the whole line has moved since the start, on the log-odds scale of the bad rate. */
export type Drift = { readonly shift: number; readonly variance: number }

export type BaseStation = { readonly runs: number; readonly bad: number; readonly prior: StationPrior }

/**
 * How far the stations still on base have moved against their own past, in the same hours.
 *
 * A worse lot or a hot day moves base and canary alike; what base shows is taken off before the
 * build is blamed. Before base has said anything the shift is 0 with standard deviation 0.30. When
 * no base station is left, the last drift is kept and becomes less certain.
 *
 * Six Newton steps of the weighted fit, each kept within three log-odds of zero. Holds for any
 * counts with 0 ≤ bad ≤ runs.
 *
 * Source: iteratively re-weighted random-effects mean, McCullagh and Nelder (1989), 2.5.
 *
 * @example no base stations, nothing known before: { shift: 0, variance: 0.09 }
 */
export function baseDrift(base: readonly BaseStation[], driftNoise: number, previous?: Drift): Drift {
  const running = base.filter((station) => station.runs > 0)
  if (running.length === 0) {
    return previous
      ? { shift: previous.shift, variance: previous.variance + GROWTH_WITHOUT_BASE }
      : { shift: 0, variance: UNKNOWN_DRIFT_VARIANCE }
  }
  let shift = 0
  let precision = 0
  for (let step = 0; step < NEWTON_STEPS; step++) {
    precision = 0
    let sum = 0
    for (const { runs, bad, prior } of running) {
      const expected = prior.logOdds + shift
      const rate = rateFromLogOdds(expected)
      const information = runs * rate * rateFromLogOdds(-expected)
      const seen = shift + (bad - runs * rate) / information
      const weight = 1 / (1 / information + prior.variance + driftNoise ** 2)
      precision += weight
      sum += weight * seen
    }
    shift = Math.max(-FURTHEST, Math.min(FURTHEST, sum / precision))
  }
  const variance = 1 / (1 / UNKNOWN_DRIFT_VARIANCE + precision)
  return { shift: variance * precision * shift, variance }
}

/** Standard deviation 0.30 on the log-odds scale: a bad day makes a third more failures. */
export const UNKNOWN_DRIFT_VARIANCE = 0.3 ** 2
const NEWTON_STEPS = 6
const FURTHEST = 3
const GROWTH_WITHOUT_BASE = 0.1 ** 2
