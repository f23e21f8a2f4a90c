// Moments and lengths of time as the command line writes and reads them.
import { Misuse } from './misuse.ts'

/** "2026-05-22 06:00" in UTC, of ISO 8601 or of milliseconds since 1970; empty without one. */
export function minuteText(at: string | number | null): string {
  return at === null ? '' : new Date(at).toISOString().slice(0, 16).replace('T', ' ')
}

const units = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Milliseconds of "90s", "30m", "8h" or "2d". */
export function lengthOf(name: string, text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)\s*([smhd])$/.exec(text.trim()) ?? []
  const ms = units[unit as keyof typeof units]
  if (number !== undefined && ms !== undefined && Number(number) > 0) return Number(number) * ms
  throw new Misuse(`--${name}: expected a length such as 90s, 30m, 8h or 2d, got "${text}"`)
}
