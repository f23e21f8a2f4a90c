// Hours put together where there are too many to tell apart: a point per hour for two weeks is a smear.
import { hour } from '../../server/domain/instant.ts'
import type { RolloutCharts } from '../../server/domain/rollout-charts.ts'

type Hour = RolloutCharts['hours'][number]
/** `at` is the middle of the time counted. */
export type Bucket = Omit<Hour, 'hour'> & { from: number; at: number }

const widths = [1, 2, 3, 6, 12, 24, 48, 168]
const most = 48

/** Hours per point, so that the time shown has at most 48 of them an arm. */
export function bucketHours(charts: RolloutCharts): number {
  const hours = (charts.to - charts.from) / hour
  return widths.find((width) => hours / width <= most) ?? Math.ceil(hours / most)
}

/** Counts per bucket and arm, oldest first; buckets without runs are absent. */
export function buckets(charts: RolloutCharts): Bucket[] {
  const width = bucketHours(charts) * hour
  const sums = new Map<string, Bucket>()
  for (const { hour: start, ...counts } of charts.hours) {
    const from = Math.floor(start / width) * width
    const key = `${from} ${counts.arm}`
    const sum = sums.get(key)
    sums.set(key, sum ? added(sum, counts) : { ...counts, from, at: from + width / 2 })
  }
  return [...sums.values()].sort((a, b) => a.at - b.at || a.arm.localeCompare(b.arm))
}

/** The time shown, in whole buckets: a page refreshed within one draws the same chart. */
export function timeDomain(charts: RolloutCharts): [number, number] {
  const width = bucketHours(charts) * hour
  const from = Math.floor(charts.from / width) * width
  return [from, Math.max(from + width, Math.ceil(charts.to / width) * width)]
}

export function bucketName(charts: RolloutCharts): string {
  const hours = bucketHours(charts)
  if (hours === 1) return 'hour'
  if (hours === 24) return 'day'
  return hours % 24 === 0 ? `${hours / 24} days` : `${hours} hours`
}

function added(sum: Bucket, counts: Omit<Hour, 'hour'>): Bucket {
  return {
    ...sum,
    units: sum.units + counts.units,
    passed: sum.passed + counts.passed,
    runs: sum.runs + counts.runs,
    errors: sum.errors + counts.errors,
    timeouts: sum.timeouts + counts.timeouts,
  }
}
