// What the stations of a procedure did in the past, as the gates count it: what a backtest replays.
import type { PastRun } from '../gates/metric-past.ts'
import type { DeploymentId, StationId } from '../ids.ts'
import type { Instant } from '../instant.ts'
import type { Candidate } from '../station-order.ts'

/** Neither aborted nor of a reference sample, and its build is known. */
export type HistoryRun = PastRun & {
  stationId: StationId
  deploymentId: DeploymentId
  isFirstAttempt: boolean
}

/** `runs` in the order of their starts. */
export type StationHistory = Candidate & { runs: HistoryRun[] }

/** All that started in [from, to). */
export type History = { from: Instant; to: Instant; stations: StationHistory[] }

/** Those that started in [from, to). */
export function runsBetween(runs: HistoryRun[], from: Instant, to: Instant): HistoryRun[] {
  return runs.slice(placeOf(runs, from), placeOf(runs, to))
}

/** The place of the first run that started at `at` or later. */
export function placeOf(runs: HistoryRun[], at: Instant): number {
  let [low, high] = [0, runs.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((runs[middle]?.startedAt ?? at) < at) low = middle + 1
    else high = middle
  }
  return low
}
