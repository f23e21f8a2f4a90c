// Whether a station is there: heard of within its own cadence, silent, or never seen; and whether it is in a run.
import { z } from 'zod'
import { hour, type Instant, minute } from './instant.ts'
import { isOpen, nextOpening, type OpeningHours } from './opening-hours.ts'

export const connection = z.object({
  state: z.enum(['connected', 'silent', 'never seen']),
  /** When it was last heard of. */
  heardAt: z.number().nullable(),
  /** Its site is closed, so that silence is no trouble. */
  isClosed: z.boolean(),
  /** In a run, as it last said and can still be believed. */
  busy: z.boolean(),
})
export type Connection = z.infer<typeof connection>

type Heard = {
  /** The last contact of any kind: a heartbeat, a question, a run. */
  heardAt: Instant | null
  /** The usual gap between its runs; null while that is not known. */
  usualGapMs: number | null
  busy: boolean
  heartbeatAt: Instant | null
  /** The longest that a run of its procedures may take. */
  timeLimitMs: number
}

/** Three of its own usual gaps, between ten minutes and twelve hours. */
export function silentAfterMs(usualGapMs: number | null): number {
  return Math.min(Math.max(3 * (usualGapMs ?? 10 * minute), 10 * minute), 12 * hour)
}

/** Silence counts from the opening of its site: nobody is heard of at night. */
export function connectionOf(heard: Heard, hours: SiteHours, now: Instant): Connection {
  const { heardAt, usualGapMs, busy, heartbeatAt, timeLimitMs } = heard
  const isClosed = !isSiteOpen(hours, now)
  // A station that was switched off in mid-run would be busy for ever.
  const isBusy = busy && heartbeatAt !== null && now - heartbeatAt <= timeLimitMs
  const of = (state: Connection['state']) => ({ state, heardAt, isClosed, busy: isBusy })
  if (heardAt === null) return of('never seen')
  const limitMs = Math.max(silentAfterMs(usualGapMs), isBusy ? timeLimitMs : 0)
  if (now - heardAt <= limitMs) return of('connected')
  const since = isClosed ? heardAt : Math.max(heardAt, lastOpening(hours, heardAt, now))
  return of(now - since <= limitMs ? 'connected' : 'silent')
}

/** Lists of hours that bind a site: it is open when each list has hours that are open. None: always open. */
export type SiteHours = readonly (readonly OpeningHours[])[]

export function isSiteOpen(hours: SiteHours, at: Instant): boolean {
  return hours.every((list) => list.length === 0 || list.some((each) => isOpen(each, at)))
}

const farthest = 14 * 24 * hour

/** When any of these hours last opened between the two moments; the earlier one when none did. */
export function lastOpening(hours: SiteHours, from: Instant, now: Instant): Instant {
  const start = Math.max(from, now - farthest)
  const openings = hours.flat().flatMap((each) => openingsOf(each, start, now))
  // Hours that follow on others open nothing.
  return Math.max(from, ...openings.filter((opening) => !isSiteOpen(hours, opening - 1)))
}

function openingsOf(hours: OpeningHours, from: Instant, now: Instant): Instant[] {
  const found: Instant[] = []
  for (let next = nextOpening(hours, from, now); next !== null; next = nextOpening(hours, next, now))
    found.push(next)
  return found
}
