// A fleet of stations that differ: what each one counted before, and what its rate is now.
import { logOdds } from '../../server/domain/statistics/log-odds.ts'
import { rateFromLogOdds } from '../../server/domain/statistics/rate-from-log-odds.ts'
import { countBad, normal, type Random } from './random.ts'

export type Counted = { runs: number; bad: number }

/** The canary stations come first. `rateNow` is the bad rate of a station's run, the first being run 0. */
export type Fleet = {
  readonly canary: number
  readonly past: readonly Counted[]
  readonly rateNow: (station: number, run: number) => number
}

export type FleetStory = {
  size: number
  canary: number
  /** Bad rate of a station in the middle. */
  rate: number
  /** What the build makes of that rate; absent: the build changes nothing. */
  newRate?: number
  /** Standard deviation, in log-odds, between stations. */
  bias: number
  /** Standard deviation, in log-odds, by which each station moves by itself at the start. */
  drift: number
  /** Standard deviation, in log-odds, by which all stations move together at the start. */
  lineDrift?: number
  pastRuns: number
}

export function drawFleet(random: Random, story: FleetStory): Fleet {
  const middle = logOdds(story.rate)
  const change = story.newRate === undefined ? 0 : logOdds(story.newRate) - middle
  const line = (story.lineDrift ?? 0) * normal(random)
  const past: Counted[] = []
  const ratesNow: number[] = []
  for (let place = 0; place < story.size; place++) {
    const own = middle + story.bias * normal(random)
    const now = own + line + story.drift * normal(random) + (place < story.canary ? change : 0)
    past.push({ runs: story.pastRuns, bad: countBad(random, story.pastRuns, rateFromLogOdds(own)) })
    ratesNow.push(rateFromLogOdds(now))
  }
  return { canary: story.canary, past, rateNow: (station) => ratesNow[station] ?? 0 }
}
