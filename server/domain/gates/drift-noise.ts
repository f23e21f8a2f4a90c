// How much stations wander by themselves, per metric: a lot, a fixture, a day. The evidence must allow for it.
import { estimateDriftNoise } from '../statistics/estimate-drift-noise.ts'
import type { PastDay } from './metric-past.ts'

export type DriftNoise = Partial<Record<string, number>>

/**
 * Of every metric in the past. Stations without a run on some day count as nothing on that day; with one station or
 * one day the floor holds.
 */
export function driftNoise(days: PastDay[]): DriftNoise {
  const byMetric = Map.groupBy(days, ({ metric }) => metric)
  return Object.fromEntries([...byMetric].map(([metric, own]) => [metric, estimateDriftNoise(table(own))]))
}

function table(days: PastDay[]) {
  const stations = [...new Set(days.map((each) => each.stationId))].sort()
  const dates = [...new Set(days.map((each) => each.day))].sort((a, b) => a - b)
  const cells = new Map(days.map((each) => [`${each.stationId}/${each.day}`, each]))
  return stations.map((station) =>
    dates.map((date) => {
      const cell = cells.get(`${station}/${date}`)
      return cell ? { bad: cell.bad, runs: cell.n } : { bad: 0, runs: 0 }
    }),
  )
}
