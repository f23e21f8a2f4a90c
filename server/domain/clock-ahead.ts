// Clocks of stations that are off: seen from what a station says of its present, or from what cannot have been yet.
import { day, hour, type Instant, minute } from './instant.ts'

/** Below it, it is the way of a message and what clocks of a factory are off by anyhow. */
const toleranceMs = minute
/** How soon after its end a run usually arrives; later it may have waited in the station's queue. */
const freshMs = 2 * minute

export function isOff(aheadMs: number | null): aheadMs is number {
  return aheadMs !== null && Math.abs(aheadMs) > toleranceMs
}

/**
 * By how much a station's clock is ahead, as a heartbeat shows it; below zero: behind. A run that is going cannot have
 * begun in the future: then it is ahead by at least that. Null: nothing is known of it.
 */
export function aheadByHeartbeat(
  { sentAt, runStartedAt }: { sentAt: Instant | null; runStartedAt: Instant | null },
  known: number | null,
  now: Instant,
): number | null {
  if (sentAt !== null) return sentAt - now
  const ahead = (runStartedAt ?? now) - now
  return ahead > toleranceMs ? Math.max(known ?? 0, ahead) : known
}

/** The same by a run, which cannot have ended after it arrived. One that has just ended shows a clock that is right. */
export function aheadByRun(endedAt: Instant, known: number | null, now: Instant): number | null {
  const ahead = endedAt - now
  if (ahead > toleranceMs) return Math.max(known ?? 0, ahead)
  return ahead > -freshMs && known !== null && known > toleranceMs ? 0 : known
}

/**
 * Times as they are stored. A run of tomorrow would for ever be its station's latest one, and hide that an abort has
 * brought it back: from a day on it is taken to have ended when it arrived, and what the station said is kept beside.
 */
export function believable(
  { startedAt, endedAt }: { startedAt: Instant; endedAt: Instant },
  now: Instant,
): { startedAt: Instant; endedAt: Instant } {
  if (endedAt - now < day) return { startedAt, endedAt }
  return { startedAt: startedAt <= now ? startedAt : now - (endedAt - startedAt), endedAt: now }
}

/** "ahead by 10 min", "behind by 3 h". */
export function clockText(aheadMs: number): string {
  return `${aheadMs > 0 ? 'ahead' : 'behind'} by ${amount(Math.abs(aheadMs))}`
}

function amount(ms: number): string {
  if (ms < 90_000) return `${Math.round(ms / 1000)} s`
  if (ms < 90 * minute) return `${Math.round(ms / minute)} min`
  return ms < 48 * hour ? `${Math.round(ms / hour)} h` : `${Math.round(ms / day)} days`
}
