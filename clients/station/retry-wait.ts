// How long to wait before asking a server again: what it says in Retry-After, else longer every time.
import { setTimeout as pause } from 'node:timers/promises'
import { fateOf } from './fate.ts'
import type { Answer } from './http-client.ts'

/** Ends after so many milliseconds; rejects with the signal's reason when it is aborted. */
export type Pause = (ms: number, signal: AbortSignal) => Promise<void>

/** `factor` is for tests and simulations: 0.01 makes each wait a hundredth. */
export function pauses(factor = 1): Pause {
  return (ms, signal) => pause(ms * factor, undefined, { signal })
}

/** A header that is wrong must not keep a station from hearing of an abort for a day. */
export const mostWaitMs = 600_000

const firstMs = 250
const longestMs = 10_000
/** Until a person has set the key or the address right. */
const slowMs = 60_000

/** `failures` counts from 1. `spread` (0 to 1) keeps a whole fleet from coming back in the same instant. */
export function retryWaitMs(answer: Answer, failures: number, spread: number): number {
  const asked = answer.kind === 'answer' ? answer.retryAfterMs : null
  const own = fateOf(answer) === 'slowly' ? slowMs : Math.min(longestMs, firstMs * 2 ** (failures - 1))
  if (asked !== null && (fateOf(answer) !== 'slowly' || asked > own)) return asked * (1 + 0.2 * spread)
  return own * (0.75 + 0.5 * spread)
}
