// How long a station may pause before its silence says something: three of its own usual gaps, and never less than half an hour.
import { minute } from './domain/instant.ts'

export const leastPauseMs = 30 * minute

export function longestPauseMs(usualGapSeconds: number | null): number {
  return Math.max(3 * (usualGapSeconds ?? 200) * 1000, leastPauseMs)
}
