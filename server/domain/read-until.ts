// Reads until when something is to hold, as people type it: "3h", "tomorrow 06:00", "2026-12-24T18:00".
import { Temporal } from 'temporal-polyfill'
import type { Instant } from './instant.ts'
import { firstReached, wallClock } from './time-zone.ts'

export type ReadUntil = { until: Instant } | { error: string }

const examples = '3h, 2d, tomorrow 06:00, friday 18:00 or 2026-12-24T18:00'
const days = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']
const unitMinutes: Record<string, number> = { m: 1, min: 1, h: 60, d: 1440, w: 7 * 1440 }
const farthestDays = 366

/** @param zone whose wall clock is meant where the text names none: an IANA zone. */
export function readUntil(text: string, now: Instant, zone: string): ReadUntil {
  const words = text
    .trim()
    .toLowerCase()
    .replace(/\s+at\s+/, ' ')
  const until = lengthFrom(words, now) ?? dateTime(text.trim(), zone) ?? dayAndTime(words, now, zone)
  if (until === null) return { error: `Expected until when, such as ${examples}; got "${text}".` }
  if (until <= now) return { error: `Expected a time to come, got "${text}", which is over.` }
  if (until - now > farthestDays * 86_400_000)
    return { error: `Expected a time within a year, got "${text}".` }
  return { until }
}

/** "90m", "3h", "2 d": from now on, by the clock that never jumps. */
function lengthFrom(words: string, now: Instant): Instant | null {
  const [, amount, unit] = words.match(/^(\d{1,5}(?:\.\d+)?)\s*(m|min|h|d|w)$/) ?? []
  const minutes = unitMinutes[unit ?? '']
  return amount === undefined || minutes === undefined
    ? null
    : now + Math.round(Number(amount) * minutes * 60_000)
}

/** ISO 8601, with an offset or on the wall clock of the zone. */
function dateTime(text: string, zone: string): Instant | null {
  const shape = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{1,2}:\d{2})(?::\d{2})?)?(Z|[+-]\d{2}:?\d{2})?$/i
  const [, date, clock, offset] = text.match(shape) ?? []
  if (date === undefined || clock === undefined) return null
  const day = plainDate(date)
  const time = clockOf(clock)
  if (day === null || time === null) return null
  if (offset === undefined) return firstReached(day, time, zone)
  const colon = offset.length === 5 ? `${offset.slice(0, 3)}:${offset.slice(3)}` : offset.toUpperCase()
  const at = Date.parse(`${date}T${time}:00${colon}`)
  return Number.isFinite(at) ? at : null
}

/** "tomorrow 06:00", "friday 18:00", "18:00": the next time that the clock on the wall shows it. */
function dayAndTime(words: string, now: Instant, zone: string): Instant | null {
  const parts = words.split(/\s+/)
  const time = clockOf(parts.at(-1) ?? '')
  if (time === null || parts.length > 2) return null
  const today = wallClock(now, zone).toPlainDate()
  const named = parts.length === 1 ? null : parts[0]
  if (named === null) {
    const first = firstReached(today, time, zone)
    return first > now ? first : firstReached(today.add({ days: 1 }), time, zone)
  }
  if (named === 'today' || named === 'tonight') return firstReached(today, time, zone)
  if (named === 'tomorrow') return firstReached(today.add({ days: 1 }), time, zone)
  const index = days.findIndex((day) => named !== undefined && named.length >= 3 && day.startsWith(named))
  if (index < 0) return null
  const ahead = (index + 1 - today.dayOfWeek + 7) % 7
  const first = firstReached(today.add({ days: ahead }), time, zone)
  return first > now ? first : firstReached(today.add({ days: ahead + 7 }), time, zone)
}

function plainDate(text: string): Temporal.PlainDate | null {
  try {
    return Temporal.PlainDate.from(text, { overflow: 'reject' })
  } catch {
    return null
  }
}

/** "6:00" and "06:00" are "06:00"; null for no time of day. */
function clockOf(text: string): string | null {
  const [, hour, minute] = text.match(/^(\d{1,2}):(\d{2})$/) ?? []
  if (hour === undefined || minute === undefined || Number(hour) > 23 || Number(minute) > 59) return null
  return `${hour.padStart(2, '0')}:${minute}`
}
