// Time zones and the clock on a site's wall: what a person writes ('06:00', Europe/Paris) and when that is.
import { Temporal } from 'temporal-polyfill'
import { z } from 'zod'
import type { Instant } from './instant.ts'

/** An IANA zone. A bare offset such as +01:00 is refused: it knows of no daylight saving. */
export const timeZone = z.string().refine(isZone, {
  error: ({ input }) =>
    `expected an IANA time zone such as Europe/Paris, America/New_York or UTC, got ${JSON.stringify(input)}`,
})

/** A time of day on a 24-hour clock, 'HH:MM'. */
export const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, {
  error: ({ input }) =>
    `expected a time of day from 00:00 to 23:59 (midnight is 00:00), got ${JSON.stringify(input)}`,
})

export function wallClock(at: Instant, zone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone)
}

/** The date on the wall, as 2026-05-22. A few microseconds. */
export function dateOf(at: Instant, zone: string): string {
  return wallClock(at, zone).toPlainDate().toString()
}

/** By how much the wall clock of a zone is ahead of UTC, from one change of the clocks to the next, over [from, to]. */
export function clockOffsets(
  zone: string,
  from: Instant,
  to: Instant,
): { from: Instant; to: Instant; aheadMs: number }[] {
  const offsets: { from: Instant; to: Instant; aheadMs: number }[] = []
  let start = from
  while (start <= to) {
    const end = nextClockChange(start, zone) ?? to + 1
    offsets.push({ from: start, to: end, aheadMs: wallClock(start, zone).offsetNanoseconds / 1_000_000 })
    start = end
  }
  return offsets
}

/** Minutes since midnight: '06:30' is 390. */
export function minuteOfDay(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3))
}

/**
 * The moments at which the wall clock shows `time` on `date`, earliest first: usually one, two in an hour
 * that comes twice, none in an hour that is skipped.
 */
export function momentsOf(date: Temporal.PlainDate, time: string, zone: string): Instant[] {
  const wall = date.toPlainDateTime(time)
  const moments = (['earlier', 'later'] as const)
    .map((disambiguation) => wall.toZonedDateTime(zone, { disambiguation }))
    .filter((moment) => moment.toPlainDateTime().equals(wall))
  return [...new Set(moments.map((moment) => moment.epochMilliseconds))]
}

/** When the wall clock first shows `time` on `date` or, in an hour that is skipped, later than that. */
export function firstReached(date: Temporal.PlainDate, time: string, zone: string): Instant {
  const wall = date.toPlainDateTime(time)
  const first = wall.toZonedDateTime(zone, { disambiguation: 'earlier' })
  if (first.toPlainDateTime().equals(wall)) return first.epochMilliseconds
  // The library answers a skipped time with one as far before the jump as the clock jumps.
  return nextClockChange(first.epochMilliseconds, zone) ?? first.epochMilliseconds
}

/** When the clocks of the zone are next put forward or back after `at`; null where they never are again. */
export function nextClockChange(at: Instant, zone: string): Instant | null {
  return wallClock(at, zone).getTimeZoneTransition('next')?.epochMilliseconds ?? null
}

function isZone(text: string): boolean {
  if (/^[+-]/.test(text)) return false
  try {
    wallClock(0, text)
    return true
  } catch {
    return false
  }
}
