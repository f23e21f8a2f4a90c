// When a message that an endpoint did not take is sent again: soon at first, then ever later, for about three days.
import { hour, type Instant, minute } from '../instant.ts'

const second = 1_000
/** After each attempt, as Standard Webhooks proposes: 75 hours and 35 minutes from the first to the last of ten. */
const waits = [
  5 * second,
  5 * minute,
  30 * minute,
  2 * hour,
  5 * hour,
  10 * hour,
  14 * hour,
  20 * hour,
  24 * hour,
]
/** An endpoint that has taken nothing for so long, and of which a message is given up, is switched off. */
export const failsForLongMs = 72 * hour
/** What an endpoint asks for by Retry-After is believed up to here. */
const longestAsked = 24 * hour

/**
 * @param attempts those made, the first included.
 * @param askedSeconds what the endpoint said in Retry-After; null: nothing.
 * @param spread from 0 to 1: what failed together does not come back together.
 * @returns null: it is given up.
 */
export function nextAttempt(
  attempts: number,
  now: Instant,
  askedSeconds: number | null,
  spread: number,
): Instant | null {
  const wait = waits[attempts - 1]
  if (wait === undefined) return null
  const asked = Math.min((askedSeconds ?? 0) * 1_000, longestAsked)
  return now + Math.max(asked, Math.round(wait * (1 + spread / 10)))
}
