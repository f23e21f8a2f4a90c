// How much stations wander by themselves, per metric: a lot, a fixture, a day. The evidence must allow for it.

import type { StationId } from '../ids.ts'
import { type Counts, estimateDriftNoise } from '../statistics/estimate-drift-noise.ts'
import { type GateMetric, gateMetrics } from './gate.ts'

export type DriftNoise = Partial<Record<string, number>>

/** What one station did on base in one day of its past. */
export type PastDay = {
  stationId: StationId
  day: number
  units: number
  bad: number
  runs: number
  errors: number
  timeouts: number
}

/** Stations without a run on some day count as nothing on that day; with one station or one day the floor holds. */
export function driftNoise(days: PastDay[]): DriftNoise {
  const stations = [...new Set(days.map((each) => each.stationId))].sort()
  const dates = [...new Set(days.map((each) => each.day))].sort((a, b) => a - b)
  const cells = new Map(days.map((each) => [`${each.stationId}/${each.day}`, each]))
  const table = (count: (day: PastDay) => Counts) =>
    stations.map((station) =>
      dates.map((date) => {
        const cell = cells.get(`${station}/${date}`)
        return cell ? count(cell) : { bad: 0, runs: 0 }
      }),
    )
  return Object.fromEntries(
    gateMetrics.map((metric) => [metric, estimateDriftNoise(table((day) => counted(metric, day)))]),
  )
}

function counted(metric: GateMetric, day: PastDay): Counts {
  switch (metric) {
    case 'first-pass yield':
      return { bad: day.bad, runs: day.units }
    case 'error rate':
      return { bad: day.errors, runs: day.runs }
    case 'timeout rate':
      return { bad: day.timeouts, runs: day.runs }
  }
}
