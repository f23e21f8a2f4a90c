// Opening hours: when a site lets a rollout take further of its stations. They hold back an advance and
// nothing else: gates keep judging and an abort is never late for them.
import { z } from 'zod'
import { coversSite } from './covers-site.ts'
import type { Instant } from './instant.ts'
import { clockTime, minuteOfDay, momentsOf, nextClockChange, timeZone, wallClock } from './time-zone.ts'

export const dayNames = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const

/**
 * Open whenever the clock on the wall reads `from` or later and not yet `to`. With `to` at or before `from` that
 * runs across midnight and belongs to the day on which it starts; `from` = `to` is the whole day.
 * An hour that comes twice counts both times; of a skipped hour nothing is left.
 */
export const openingHours = z.strictObject({
  /** Empty: every site. */
  sites: z.array(z.string().trim().min(1)).max(1000).default([]),
  zone: timeZone,
  days: z
    .array(z.enum(dayNames))
    .min(1, 'expected at least one day, got none; to close a site use a freeze')
    .default([...dayNames]),
  from: clockTime,
  to: clockTime,
})
export type OpeningHours = z.infer<typeof openingHours>

/**
 * The entries that bind a site: it is open when any of them is. None: always open, also when the list has
 * entries for other sites only.
 */
export function hoursOfSite(list: readonly OpeningHours[], site: string): OpeningHours[] {
  return list.filter((hours) => coversSite(hours.sites, site))
}

export function isOpen(hours: OpeningHours, at: Instant): boolean {
  const wall = wallClock(at, hours.zone)
  const minutes = wall.hour * 60 + wall.minute
  const from = minuteOfDay(hours.from)
  const to = minuteOfDay(hours.to)
  const today = isDay(hours, wall.dayOfWeek)
  if (from < to) return today && minutes >= from && minutes < to
  const yesterday = isDay(hours, wall.dayOfWeek === 1 ? 7 : wall.dayOfWeek - 1)
  return (today && minutes >= from) || (yesterday && minutes < to)
}

/**
 * When closed hours next open, after `at` and not after `until`; null when they do not. Only two things can open
 * them: the clock reaching `from`, or the clock being put forward or back into the hours. 0.05 ms over a weekend.
 */
export function nextOpening(hours: OpeningHours, at: Instant, until: Instant): Instant | null {
  const start = nextStart(hours, at, until)
  let change = nextClockChange(at, hours.zone)
  while (change !== null && change <= (start ?? until)) {
    if (isOpen(hours, change)) return change
    change = nextClockChange(change, hours.zone)
  }
  return start
}

function nextStart(hours: OpeningHours, at: Instant, until: Instant): Instant | null {
  let date = wallClock(at, hours.zone).toPlainDate()
  // A day more: where the clock goes back over midnight, the next date has begun once already.
  const last = wallClock(until, hours.zone).toPlainDate().add({ days: 1 })
  while (date.until(last).days >= 0) {
    if (isDay(hours, date.dayOfWeek)) {
      const start = momentsOf(date, hours.from, hours.zone).find((moment) => moment > at)
      if (start !== undefined) return start <= until ? start : null
    }
    date = date.add({ days: 1 })
  }
  return null
}

function isDay(hours: OpeningHours, dayOfWeek: number): boolean {
  return hours.days.some((day) => dayNames.indexOf(day) + 1 === dayOfWeek)
}
