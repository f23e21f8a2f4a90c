// How long a station may be quiet, and how long it may take to swap.
import { minute } from '../instant.ts'

/** A break is no failure. */
const leastMs = 30 * minute

/** Three of its own usual gaps, and never less than half an hour. */
export function quietLimitMs({ usualGapMs }: { usualGapMs: number | null }): number {
  return Math.max(leastMs, 3 * (usualGapMs ?? 0))
}
