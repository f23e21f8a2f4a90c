// The share of replays that were stopped, and how sure it is.
import { hour } from '../instant.ts'
import { wilsonInterval } from '../statistics/wilson-interval.ts'
import type { Played } from './played.ts'

export type Stopped = {
  replays: number
  stopped: number
  /** Replays that rest on the same hours of the same stations say the same: so many independent ones it comes to. */
  independent: number
  /** 95 %, on the independent ones. */
  lower: number
  upper: number
}

/**
 * A history holds only so many station hours. Where replays overlap, the interval is that of as many as there would be
 * without: the distinct hours of canary stations, over all that were replayed.
 *
 * Source: the design effect, Kish, Survey Sampling (1965), 8.2; Wilson's interval at the effective number.
 */
export function stoppedShare(played: Played[]): Stopped {
  const replays = played.length
  const stopped = played.filter(({ asItWas }) => asItWas.stoppedBy.length > 0).length
  const distinct = new Set<string>()
  let hours = 0
  for (const each of played)
    for (const stationHour of stationHours(each)) {
      distinct.add(stationHour)
      hours += 1
    }
  const independent = hours === 0 ? 0 : (replays * distinct.size) / hours
  const share = replays === 0 ? 0 : stopped / replays
  return { replays, stopped, independent, ...wilsonInterval(share * independent, independent, 0.95) }
}

function stationHours({ start, canary, asItWas }: Played): string[] {
  const first = Math.floor(start.at / hour)
  const last = Math.floor(asItWas.until / hour)
  const hours = Array.from({ length: last - first + 1 }, (_, index) => first + index)
  return canary.flatMap((station) => hours.map((at) => `${station}/${at}`))
}
