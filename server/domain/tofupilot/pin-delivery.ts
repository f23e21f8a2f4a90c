// How a pin gets to TofuPilot: what is sent next, and what is known of a station after each answer, or none. The newest
// wish is all that is ever sent; after a request without an answer, which may overtake it, it is sent twice.
import type { DeploymentId, StationId } from '../ids.ts'
import { type Instant, minute } from '../instant.ts'

/** Of one station: what is wanted of it, and how far that has come. Moments in milliseconds. */
export type PinDelivery = {
  stationId: StationId
  wanted: DeploymentId
  /** The pin takes a build back: an abort, an undo, a rollback. */
  isBack: boolean
  /** Since when it is wanted. */
  since: Instant
  /** What TofuPilot has taken; null: nothing yet, or a request is open that may change it. */
  taken: DeploymentId | null
  takenAt: Instant | null
  /** Nobody else sends before that: whoever holds it is asking, or has died. */
  heldUntil: Instant | null
  /** Until then a request that nobody answered may arrive, of whatever was wanted when it was sent. */
  strayUntil: Instant | null
  /** Sent once more then. */
  againAt: Instant | null
  /** What came to nothing last; how often, and when it may be tried again, is about that alone. */
  tried: DeploymentId | null
  tries: number
  nextAt: Instant | null
  error: string | null
}

/** `unknown`: the request may have arrived. `waitMs`: what TofuPilot asked for; null: it said nothing. */
export type PinFailure = { arrived: 'no' | 'unknown'; why: string; waitMs: number | null }

/** Longer than a request may take, which is ten seconds. */
export const holdMs = 15_000
/** A request that nobody answers is taken to have arrived, or never to arrive, after this. */
export const strayMs = minute
const longestWaitMs = minute

export function isSettled(pin: PinDelivery): boolean {
  return pin.taken === pin.wanted && pin.againAt === null
}

/** Those to send now, in order: what takes a build back first, then whoever has waited longest. */
export function toSend<Pin extends PinDelivery>(pins: Pin[], now: Instant): Pin[] {
  return pins
    .filter((pin) => (dueAt(pin) ?? Number.POSITIVE_INFINITY) <= now)
    .toSorted((a, b) => Number(b.isBack) - Number(a.isBack) || a.since - b.since)
}

/** When there is something to send next; null when all has arrived. */
export function nextDueAt(pins: PinDelivery[]): Instant | null {
  const moments = pins.map(dueAt).filter((at) => at !== null)
  return moments.length === 0 ? null : Math.min(...moments)
}

function dueAt(pin: PinDelivery): Instant | null {
  if (isSettled(pin)) return null
  const triedAgainAt = pin.tried === pin.wanted ? (pin.nextAt ?? 0) : 0
  const due = pin.taken === pin.wanted ? (pin.againAt ?? 0) : triedAgainAt
  return Math.max(due, pin.heldUntil ?? 0)
}

/** Written before the request goes: whoever dies in between leaves behind that it may have arrived. */
export function asking<Pin extends PinDelivery>(pin: Pin, now: Instant): Pin {
  // Held by somebody who has died: what they sent may be on its way.
  const lost = pin.heldUntil === null ? 0 : pin.heldUntil - holdMs + strayMs
  const strayUntil = latest(pin.strayUntil, lost, now)
  // From here on nobody knows what it has, until it says so: going back to the former wish is a wish to be sent as well.
  return { ...pin, taken: null, takenAt: null, heldUntil: now + holdMs, strayUntil }
}

/** @param sent what was asked for; by now something else may be wanted. */
export function tookIt(pin: PinDelivery, sent: DeploymentId, now: Instant): PinDelivery {
  return {
    ...pin,
    taken: sent,
    takenAt: now,
    heldUntil: null,
    againAt: latest(pin.strayUntil, 0, now),
    tried: null,
    tries: 0,
    nextAt: null,
    error: null,
  }
}

/** Another wish than the one that failed does not wait for that one's time. */
export function failed(pin: PinDelivery, sent: DeploymentId, failure: PinFailure, now: Instant): PinDelivery {
  const tries = pin.tried === sent ? pin.tries + 1 : 1
  const waitMs = failure.waitMs ?? backoffMs(tries)
  return {
    ...pin,
    heldUntil: null,
    strayUntil: latest(pin.strayUntil, failure.arrived === 'no' ? 0 : now + strayMs, now),
    // A repetition that failed is owed still.
    againAt: pin.againAt === null ? null : Math.max(pin.againAt, now + waitMs),
    tried: sent,
    tries,
    nextAt: now + waitMs,
    error: failure.why,
  }
}

/** Null where both are over. */
function latest(until: Instant | null, other: Instant, now: Instant): Instant | null {
  const last = Math.max(until ?? 0, other)
  return last > now ? last : null
}

export function backoffMs(tries: number): number {
  return Math.min(1000 * 2 ** Math.min(tries - 1, 10), longestWaitMs)
}
