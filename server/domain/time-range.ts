// A stretch of time that somebody looks at: whole hours, since counts are kept by the hour.
import { hour, type Instant } from './instant.ts'

/** Half-open: [from, to). */
export type TimeRange = { from: Instant; to: Instant }

const earliest = 0
/** The year 9999, which every database still writes with four digits. */
const latest = Date.UTC(9999, 0)

/** The whole hours that what was asked for lies in; an end that is not told is open. Null: nothing of the kind was asked. */
export function wholeHours(from: Instant | null, to: Instant | null): TimeRange | null {
  if (from === null && to === null) return null
  const range = {
    from: Math.floor(Math.max(from ?? earliest, earliest) / hour) * hour,
    to: Math.ceil(Math.min(to ?? latest, latest) / hour) * hour,
  }
  return range.from < range.to ? range : null
}

/** As much of it as lies in the other. */
export function within(range: TimeRange, whole: TimeRange): TimeRange {
  const from = Math.min(Math.max(range.from, whole.from), whole.to)
  return { from, to: Math.max(from, Math.min(range.to, whole.to)) }
}
