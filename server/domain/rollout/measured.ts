// Which parts of a time that the service was away are proven by runs: those in which every station of the stage tested.
import type { Instant } from '../instant.ts'
import type { TimeRange } from '../time-range.ts'

/** Starts of a station's runs in a stretch of time: the first, the last, and the pauses between them that may be too long. */
export type RunsWithin = { first: Instant; last: Instant; pauses: TimeRange[] }

/**
 * @param stations of the stage: what each ran within the stretch (null: nothing), and the longest pause that is usual for
 *   it. A run proves the time around it for as long as a pause may last.
 * @returns the proven parts in order; none where the stage has no stations.
 */
export function measuredSpans(
  stretch: TimeRange,
  stations: { runs: RunsWithin | null; longestPauseMs: number }[],
): TimeRange[] {
  if (stations.length === 0) return []
  return stations
    .flatMap(({ runs, longestPauseMs }) => silences(stretch, runs, longestPauseMs))
    .reduce<TimeRange[]>(without, [stretch])
}

function silences({ from, to }: TimeRange, runs: RunsWithin | null, longestPauseMs: number): TimeRange[] {
  if (runs === null) return [{ from, to }]
  return [{ from, to: runs.first }, ...runs.pauses, { from: runs.last, to }].filter(
    (pause) => pause.to - pause.from > longestPauseMs,
  )
}

/** What is left of the stretches when one is taken out of them. */
export function without(stretches: TimeRange[], taken: TimeRange): TimeRange[] {
  return stretches.flatMap(({ from, to }) =>
    [
      { from, to: Math.min(to, taken.from) },
      { from: Math.max(from, taken.to), to },
    ].filter((part) => part.from < part.to),
  )
}
