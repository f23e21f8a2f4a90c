// Histories of fleets that never were, of which everything is known.
import type { History, HistoryRun, StationHistory } from '../../../server/domain/backtest/history.ts'
import type { DeploymentId } from '../../../server/domain/ids.ts'
import { day, hour, type Instant } from '../../../server/domain/instant.ts'
import { logOdds } from '../../../server/domain/statistics/log-odds.ts'
import { rateFromLogOdds } from '../../../server/domain/statistics/rate-from-log-odds.ts'
import { base, station } from '../../support/plan-builder.ts'
import { normalFrom, seededRandom } from '../statistics/tallies.ts'

export const from = Date.parse('2026-05-01T00:00:00Z')

export type Fleet = {
  stations: number
  days: number
  runsPerDay: number
  /** Bad first attempts of a station in the middle. */
  rate: number
  /** Standard deviation, in log-odds, between stations. */
  bias?: number
  /** Standard deviation, in log-odds, by which each station moves from one day to the next. */
  wandering?: number
  /** Which build a station runs, by its place and the moment. */
  build?: (place: number, at: Instant) => DeploymentId
  seed?: number
}

/** One run after the other, evenly over the day; every tenth is of a unit that was tested before. */
export function history(fleet: Fleet): History {
  const random = seededRandom(fleet.seed ?? 20260522)
  const stations = Array.from({ length: fleet.stations }, (_, place): StationHistory => {
    const own = logOdds(fleet.rate) + (fleet.bias ?? 0.3) * normalFrom(random)
    const days = Array.from({ length: fleet.days }, (__, date) => {
      const rate = rateFromLogOdds(own + (fleet.wandering ?? 0.15) * normalFrom(random))
      return Array.from({ length: fleet.runsPerDay }, (___, index) =>
        aRun(fleet, place, from + date * day + ((index + random()) * day) / fleet.runsPerDay, rate, random),
      )
    })
    return { id: station(place + 1), site: 'Lyon', line: `L${1 + (place % 2)}`, runs: days.flat() }
  })
  return { from, to: from + fleet.days * day, stations }
}

function aRun(
  fleet: Fleet,
  place: number,
  startedAt: Instant,
  rate: number,
  random: () => number,
): HistoryRun {
  const outcome = random() < rate ? (random() < 0.1 ? 'ERROR' : 'FAIL') : 'PASS'
  return {
    stationId: station(place + 1),
    deploymentId: fleet.build?.(place, startedAt) ?? base,
    outcome,
    startedAt,
    endedAt: startedAt + 40_000 * Math.exp(0.05 * normalFrom(random)),
    product: random() < 0.7 ? 'A' : 'B',
    shift: Math.floor((startedAt % day) / (8 * hour)),
    measurementCount: null,
    metrics: {},
    isFirstAttempt: random() >= 0.1,
  }
}
