// From where runs are read next, and until when what was read counts as the present.
import { day, type Instant, minute } from '../instant.ts'

/** Runs become visible a little out of the order in which they were stored: so much is read again each time. */
export const overlapMs = 10 * minute
/** Of the time before it was linked: enough for a first look at what is usual. */
export const firstReadMs = 14 * day
const leastPatienceMs = minute

/** By TofuPilot's clock. @param through what has been read so far; null before the first time. */
export function readFrom(through: Instant | null, linkedAt: Instant): Instant {
  return through === null ? linkedAt - firstReadMs : through - overlapMs
}

/** Never back: a page without runs says nothing new. */
export function readThrough(before: Instant | null, stored: Instant[]): Instant | null {
  const latest = stored.length === 0 ? null : Math.max(...stored)
  if (before === null || latest === null) return latest ?? before
  return Math.max(before, latest)
}

/** Three readings may fail: after that nobody knows what the stations do. */
export function heardUntil(readAt: Instant, everyMs: number): Instant {
  return readAt + Math.max(3 * everyMs, leastPatienceMs)
}

/** Which build made each run: the one under whose filter it was found. A run of none of them is of an unknown build. */
export function builtBy<Id extends string>(found: Map<Id, string[]>): Map<string, Id> {
  return new Map([...found].flatMap(([build, runs]) => runs.map((run): [string, Id] => [run, build])))
}
