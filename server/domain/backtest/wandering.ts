// How much stations wandered by themselves over the whole history, beside what the method can allow for.
import { type Counting, countings } from '../gates/counting.ts'
import type { Gate } from '../gates/gate.ts'
import type { PastDay } from '../gates/metric-past.ts'
import { estimateDriftNoise } from '../statistics/estimate-drift-noise.ts'
import type { History } from './history.ts'
import { countsOf } from './past-at.ts'

export type Wandering = {
  /** The key of a counting. */
  metric: string
  /** Standard deviation, in log-odds, from day to day: at least the floor, and not cut at the cap. */
  estimate: number
  isAtCap: boolean
}

/** What the method allows for, whatever a past shows; its evidence is made with a number between these. */
export const wanderingFloor = 0.15
export const wanderingCap = 0.6

/**
 * Each build by itself, since a change of build is no wandering; builds then count by their runs. A metric that was
 * never counted is left out.
 */
export function wandering(history: History, gates: Gate[]): Wandering[] {
  return countings(gates).flatMap((counting) => {
    const builds = daysByBuild(history, counting)
    const runs = sum(builds.map(countOf))
    if (runs === 0) return []
    const variance = sum(builds.map((rows) => countOf(rows) * noiseOf(rows) ** 2)) / runs
    const estimate = Math.sqrt(variance)
    return [{ metric: counting.key, estimate, isAtCap: estimate >= wanderingCap }]
  })
}

/** For each build, the days of each station that ran it. */
function daysByBuild({ stations }: History, counting: Counting): PastDay[][][] {
  const rows = stations.flatMap(({ id, runs }) =>
    [...Map.groupBy(runs, ({ deploymentId }) => deploymentId)].map(([build, own]) => ({
      build,
      days: countsOf(id, [counting], own).days,
    })),
  )
  return [...Map.groupBy(rows, ({ build }) => build).values()].map((own) => own.map(({ days }) => days))
}

function noiseOf(rows: PastDay[][]): number {
  const dates = [...new Set(rows.flat().map(({ day }) => day))].sort((a, b) => a - b)
  const table = rows.map((days) => {
    const known = new Map(days.map((each) => [each.day, each]))
    return dates.map((date) => ({ bad: known.get(date)?.bad ?? 0, runs: known.get(date)?.n ?? 0 }))
  })
  return estimateDriftNoise(table, { floor: wanderingFloor, cap: Number.POSITIVE_INFINITY })
}

function countOf(rows: PastDay[][]): number {
  return sum(rows.flat().map(({ n }) => n))
}

function sum(values: number[]): number {
  return values.reduce((all, value) => all + value, 0)
}
