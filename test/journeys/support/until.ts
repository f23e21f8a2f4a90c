// Waits for what a journey expects, and says what there was instead when it does not come.
import { setTimeout as pause } from 'node:timers/promises'

/** Asks again until the answer is neither null nor undefined nor false, and returns it. */
export async function until<Found>(
  what: string,
  look: () => Found | Promise<Found>,
  patience: { ms?: number; instead?: () => unknown } = {},
): Promise<NonNullable<Exclude<Found, false>>> {
  const { ms = 30_000, instead } = patience
  const deadline = performance.now() + ms
  for (;;) {
    const found = await look()
    if (found !== null && found !== undefined && found !== false)
      return found as NonNullable<Exclude<Found, false>>
    if (performance.now() > deadline) {
      const there = instead ? await instead() : found
      throw new Error(`it did not happen within ${ms / 1000} s: ${what}. There was ${JSON.stringify(there)}`)
    }
    await pause(50)
  }
}
