// Times as stations write them: ISO 8601, with or without a zone, down to microseconds.
import type { Instant } from './instant.ts'

const shape =
  /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2})?)(?:[.,](\d{1,9}))?\s*(Z|z|[+-]\d{2}(?::?\d{2})?)?$/

/**
 * Reads a time. Without a zone it is taken as UTC and said so.
 * @returns null when it is no time (also 30 February), or outside the years 2000 to 2200.
 */
export function readTime(text: string): { at: Instant; zoneless: boolean } | null {
  const found = shape.exec(text.trim())
  if (!found) return null
  const [, date = '', clock = '', fraction = '', zone] = found
  const seconds = clock.length === 5 ? `${clock}:00` : clock
  const at = Date.parse(`${date}T${seconds}.${fraction.padEnd(3, '0').slice(0, 3)}${offset(zone)}`)
  if (!Number.isFinite(at) || !isReal(date) || at < earliest || at > latest) return null
  return { at, zoneless: zone === undefined }
}

/** Engines read 30 February as 2 March. Every month has the first 28 days: those need no second look. */
function isReal(date: string): boolean {
  if (date.slice(8) <= '28') return true
  const midnight = Date.parse(`${date}T00:00:00Z`)
  return Number.isFinite(midnight) && new Date(midnight).toISOString().startsWith(date)
}

function offset(zone: string | undefined): string {
  if (zone === undefined || zone === 'Z' || zone === 'z') return 'Z'
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0')
  return `${zone[0]}${digits.slice(0, 2)}:${digits.slice(2)}`
}

const earliest = Date.parse('2000-01-01T00:00:00Z')
const latest = Date.parse('2200-01-01T00:00:00Z')
