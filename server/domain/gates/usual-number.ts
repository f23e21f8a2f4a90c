// What is usual on a station for a measured number: beyond it a run is bad.
import type { Usual } from './counting.ts'

/** Fewer values say nothing of what is usual: then nothing of that station is counted. */
export const leastValues = 5

/** The mean, or the quantile between the two nearest values (as PostgreSQL's percentile_cont). Null with too few. */
export function usualNumber(usual: Usual, values: readonly number[]): number | null {
  if (values.length < leastValues) return null
  return usual.statistic === 'mean' ? mean(values) : quantile(values, usual.quantile)
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value / values.length, 0)
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const place = share * (sorted.length - 1)
  const [low = 0, high = low] = sorted.slice(Math.floor(place), Math.floor(place) + 2)
  return low + (place - Math.floor(place)) * (high - low)
}
