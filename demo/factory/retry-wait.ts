// How long to wait before asking a server again: what it says in Retry-After, else longer every time.
import { setTimeout as pause } from 'node:timers/promises'
import type { Answer } from './http-client.ts'

/** Real milliseconds: the network does not run faster because the factory does. */
export type RealPause = (ms: number, signal: AbortSignal) => Promise<void>

export const realPause: RealPause = (ms, signal) => pause(ms, undefined, { signal })

const firstMs = 250
const longestMs = 10_000

/** `failures` counts from 1. `spread` (0 to 1) keeps a whole fleet from coming back in the same instant. */
export function retryWaitMs(answer: Answer, failures: number, spread: number): number {
  const asked = answer.kind === 'answer' ? answer.retryAfterMs : null
  if (asked !== null) return asked * (1 + 0.2 * spread)
  return Math.min(longestMs, firstMs * 2 ** (failures - 1)) * (0.75 + 0.5 * spread)
}
