// How much of a stretch of time a station was to be at work.
import { day, type Instant, minute } from '../instant.ts'

const stepMs = 5 * minute
const mostMs = 14 * day

/** @returns the time at work from `from` to `to`, and the part of it since the latest opening. */
export function workingTime(
  isWorking: (at: Instant) => boolean,
  from: Instant,
  to: Instant,
): { totalMs: number; sinceOpeningMs: number } {
  let totalMs = 0
  let sinceOpeningMs: number | null = null
  for (let end = to; end > from && to - end < mostMs; end -= stepMs) {
    const start = Math.max(from, end - stepMs)
    if (isWorking(start)) totalMs += end - start
    else sinceOpeningMs ??= totalMs
  }
  return { totalMs, sinceOpeningMs: sinceOpeningMs ?? totalMs }
}
