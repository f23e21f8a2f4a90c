// When, in a stretch of time, hours or a freeze kept stations of some sites from being taken.
import { closedBecause } from './closed-because.ts'
import { type Instant, minute } from './instant.ts'
import type { Policy } from './policy.ts'
import type { TimeRange } from './time-range.ts'

export type ClosedSpan = { from: Instant; to: Instant; kind: 'window' | 'freeze' }

const quarter = 15 * minute
/** Looks at a long time: more cannot be told apart in a drawing. */
const mostLooks = 700

/**
 * By the policy that is given, also of a time at which another one was in force. An opening is told to the millisecond,
 * a closing to a quarter of an hour, or to a seven-hundredth of a longer time.
 */
export function closedSpans(
  policy: Pick<Policy, 'hours' | 'organisationHours' | 'freezes'>,
  sites: readonly string[],
  { from, to }: TimeRange,
): ClosedSpan[] {
  const step = Math.max(quarter, Math.ceil((to - from) / mostLooks / quarter) * quarter)
  const spans: ClosedSpan[] = []
  let at = from
  while (at < to) {
    const closed = closedBecause(policy, sites, at)
    if (closed === null) {
      at = (Math.floor(at / step) + 1) * step
      continue
    }
    // The opening of what is closed now; a freeze may begin within it and is then another span.
    const until = Math.min(to, closed.opensAt ?? to)
    spans.push({ from: at, to: until, kind: closed.kind })
    at = Math.max(until, at + minute)
  }
  return spans
}
