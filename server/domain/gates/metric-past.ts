// What each station did on base before a rollout, counted as its gates count: frozen when the rollout starts.
import type { StationId } from '../ids.ts'
import type { Instant } from '../instant.ts'
import { day } from '../instant.ts'
import { type CountedRun, isBad, type RunCounting } from './counting.ts'
import { type UsualRates, usualRate } from './mix.ts'
import { usualNumber } from './usual-number.ts'

export type PastCell = {
  stationId: StationId
  metric: string
  product: string | null
  shift: number
  n: number
  bad: number
}
/** `day` counts from 1970-01-01 UTC. */
export type PastDay = { stationId: StationId; metric: string; day: number; n: number; bad: number }
/** The usual number of a station, of a counting that measures; null where its past is too short to tell. */
export type PastUsual = { stationId: StationId; metric: string; usual: number | null }
export type PastCounts = { cells: PastCell[]; days: PastDay[]; usual: PastUsual[] }

export type MetricPast = {
  stationId: StationId
  metric: string
  n: number
  bad: number
  /** Sum of the bad rates that are usual for the products and shifts counted. */
  expected: number
  usual: number | null
}

/** One for each station and metric, of zeros where nothing was counted. */
export function metricPasts(
  stations: StationId[],
  metrics: string[],
  past: PastCounts,
  rates: UsualRates,
): MetricPast[] {
  const key = (of: { stationId: StationId; metric: string }) => `${of.stationId}/${of.metric}`
  const cells = Map.groupBy(past.cells, key)
  const usual = new Map(past.usual.map((each) => [key(each), each.usual]))
  return stations.flatMap((stationId) =>
    metrics.map((metric): MetricPast => {
      const own = cells.get(key({ stationId, metric })) ?? []
      return {
        stationId,
        metric,
        n: own.reduce((sum, { n }) => sum + n, 0),
        bad: own.reduce((sum, { bad }) => sum + bad, 0),
        expected: own.reduce(
          (sum, { n, product, shift }) => sum + n * usualRate(rates, metric, product, shift),
          0,
        ),
        usual: usual.get(key({ stationId, metric })) ?? null,
      }
    }),
  )
}

export type PastRun = CountedRun & { startedAt: Instant; product: string | null; shift: number }

/**
 * The past of one station, from its runs on base, none of them aborted. What is bad is decided as of the base arm:
 * beyond the usual alone.
 */
export function pastOfRuns(stationId: StationId, countings: RunCounting[], runs: PastRun[]): PastCounts {
  const cells = new Map<string, PastCell>()
  const days = new Map<string, PastDay>()
  const usuals: PastUsual[] = []
  for (const counting of countings) {
    const metric = counting.key
    const usual = usualOf(counting, runs)
    if (counting.usual !== null) usuals.push({ stationId, metric, usual })
    for (const run of runs) {
      const bad = isBad(counting, run, 'base', usual)
      if (bad === undefined) continue
      const { product, shift } = run
      const date = Math.floor(run.startedAt / day)
      const one = { stationId, metric, n: 0, bad: 0 }
      add(cells, `${metric}/${shift}/${product}`, { ...one, product, shift }, bad)
      add(days, `${metric}/${date}`, { ...one, day: date }, bad)
    }
  }
  return { cells: [...cells.values()], days: [...days.values()], usual: usuals }
}

function usualOf(counting: RunCounting, runs: PastRun[]): number | null {
  if (counting.usual === null) return null
  const { value, usual } = counting
  const values = runs.flatMap((run) => value(run) ?? [])
  return usualNumber(usual, values.filter(Number.isFinite))
}

function add<Counted extends { n: number; bad: number }>(
  sums: Map<string, Counted>,
  key: string,
  empty: Counted,
  bad: boolean,
): void {
  const sum = sums.get(key) ?? empty
  sum.n += 1
  sum.bad += bad ? 1 : 0
  sums.set(key, sum)
}
