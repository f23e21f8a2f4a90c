// A stretch of time as people and programs write it: days or instants, the end left out.
import { day, type Instant } from '../domain/instant.ts'
import { readTime } from '../domain/time-text.ts'

/** "2026-05-22" or an ISO 8601 instant; null where it is neither. A day is one of UTC. */
export function momentOf(text: string | undefined): Instant | null {
  if (text === undefined || text.trim() === '') return null
  const written = text.trim()
  const moment = /^\d{4}-\d{2}-\d{2}$/.test(written) ? `${written}T00:00:00Z` : written
  return readTime(moment)?.at ?? null
}

/** The same as an end: a day that is named is part of it. */
export function endOf(text: string | undefined): Instant | null {
  const at = momentOf(text)
  return at !== null && /^\d{4}-\d{2}-\d{2}$/.test((text ?? '').trim()) ? at + day : at
}
