// Counts by day as a chart shows them: the builds that matter most as series of their own, the others as one.
import type { DailyCounts, DailyYields } from '../../server/domain/daily-counts.ts'
import { wilsonInterval } from '../../server/domain/statistics/wilson-interval.ts'
import { percent, percentInterval } from '../format/rate.ts'
import { mostSeries } from './series-encoding.ts'

export type YieldPoint = {
  /** As 2026-05-22. */
  day: string
  series: string
  rate: number
  low: number
  high: number
  n: number
  passed: number
  /** For the tooltip. */
  shown: string
  interval: string
  counts: string
}

const others = 'other builds'

/** Oldest day first; the builds of the newest days have series of their own. */
export function yieldPoints({ days }: Pick<DailyYields, 'days'>): YieldPoint[] {
  const named = new Set(seriesOf(days))
  const sums = new Map<string, { day: string; series: string; units: number; passed: number }>()
  for (const { build, day, units, passed } of days) {
    const series = named.has(build.version) ? build.version : others
    const key = JSON.stringify([day, series])
    const sum = sums.get(key) ?? { day, series, units: 0, passed: 0 }
    sums.set(key, { day, series, units: sum.units + units, passed: sum.passed + passed })
  }
  return [...sums.values()].filter(({ units }) => units > 0).map(pointOf)
}

/** The names of the series, newest build first; what is put together comes last. */
export function seriesOf(days: DailyCounts[]): string[] {
  const latest = [
    ...new Set(
      days
        .filter(({ units }) => units > 0)
        .toReversed()
        .map(({ build }) => build.version),
    ),
  ]
  if (latest.length <= mostSeries) return latest
  return [...latest.slice(0, mostSeries - 1), others]
}

function pointOf({
  day,
  series,
  units,
  passed,
}: {
  day: string
  series: string
  units: number
  passed: number
}) {
  const { lower: low, upper: high } = wilsonInterval(passed, units, 0.95)
  return {
    day,
    series,
    rate: passed / units,
    low,
    high,
    n: units,
    passed,
    shown: percent(passed / units),
    interval: percentInterval(low, high),
    counts: `${passed} of ${units}`,
  }
}
