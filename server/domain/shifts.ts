// Shifts: the stretches into which the starts of the day cut a site's time. A shift begins when the wall clock
// first reaches its start and lasts until the next begins: a night of 7 or 9 hours, when the clocks change, is one.
import type { Temporal } from 'temporal-polyfill'
import { z } from 'zod'
import { day, type Instant } from './instant.ts'
import { clockTime, firstReached, timeZone, wallClock } from './time-zone.ts'

export const shifts = z.strictObject({
  zone: timeZone,
  /** 'HH:MM', told in any order and kept in that of the day. */
  starts: z
    .array(clockTime)
    .min(1)
    .max(6)
    .refine((starts) => new Set(starts).size === starts.length, {
      error: ({ input }) => `expected each start once, got ${JSON.stringify(input)}`,
    })
    .overwrite((starts) => starts.toSorted()),
})
export type Shifts = z.infer<typeof shifts>

/** Early, late and night. */
export function usualShifts(zone: string): Shifts {
  return { zone, starts: ['06:00', '14:00', '22:00'] }
}

/**
 * How many shifts lie wholly inside [from, to]; one that began earlier or ends later does not count.
 * Two weeks take 0.3 ms, 90 days 2 ms.
 */
export function fullShifts(shifts: Shifts, from: Instant, to: Instant): number {
  const inside = startsBetween(shifts, from, to).filter(({ at }) => at >= from && at <= to)
  // Two starts within a skipped hour fall on one moment: there is no shift between them.
  return Math.max(0, new Set(inside.map(({ at }) => at)).size - 1)
}

const daysKept = 400

/**
 * A function that tells in which shift a moment lies: 0 for the first start of the day, and so on; before the first
 * start it is the last one, of the day before.
 *
 * It is asked for every run that is stored, so make it once and keep it: it remembers the starts of up to 400 UTC
 * days (0.2 MB). On a day that it knows it takes 0.05 µs, on a new one 0.1 to 0.2 ms; working it out each time with
 * the library alone takes 5 µs for the wall clock and 10 µs for each start.
 */
export function shiftClock(shifts: Shifts): (at: Instant) => number {
  const startsByDay = new Map<number, ShiftStart[]>()
  return (at) => {
    const utcDay = Math.floor(at / day)
    let starts = startsByDay.get(utcDay)
    if (starts === undefined) {
      starts = startsOfUtcDay(shifts, utcDay)
      const [oldest] = startsByDay.keys()
      if (oldest !== undefined && startsByDay.size >= daysKept) startsByDay.delete(oldest)
      startsByDay.set(utcDay, starts)
    }
    return starts.findLast((start) => start.at <= at)?.index ?? shifts.starts.length - 1
  }
}

type ShiftStart = { at: Instant; index: number }

/** In order: the starts within the UTC day, before them the one that is in force at its beginning. */
function startsOfUtcDay(shifts: Shifts, utcDay: number): ShiftStart[] {
  const [from, to] = [utcDay * day, (utcDay + 1) * day]
  const starts = startsBetween(shifts, from, to)
  const inForce = starts.findLastIndex(({ at }) => at <= from)
  return starts.slice(Math.max(0, inForce)).filter(({ at }) => at < to)
}

/** In order: at least the starts in [from, to] and the last one before; some more at both ends. */
function startsBetween(shifts: Shifts, from: Instant, to: Instant): ShiftStart[] {
  // The date after the last, too: where the clock goes back over midnight, it has begun once already.
  const last = wallClock(to, shifts.zone).toPlainDate().add({ days: 1 })
  let date = wallClock(from, shifts.zone).toPlainDate().subtract({ days: 1 })
  const starts: ShiftStart[] = []
  while (date.until(last).days >= 0) {
    starts.push(...startsOfDate(shifts, date))
    date = date.add({ days: 1 })
  }
  return starts
}

function startsOfDate(shifts: Shifts, date: Temporal.PlainDate): ShiftStart[] {
  return shifts.starts.map((time, index) => ({ at: firstReached(date, time, shifts.zone), index }))
}
