// Asks again what the database could not take because it was away. Only for what does no harm twice.
import { setTimeout as delay } from 'node:timers/promises'
import { isAway } from './away.ts'

/** @throws what the database answered, or at last that it is away. Real milliseconds. */
export async function untilTaken<Result>(
  ask: () => Promise<Result>,
  { patienceMs = 60_000, gapMs = 200 } = {},
): Promise<Result> {
  const from = performance.now()
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      if (!isAway(error) || performance.now() - from > patienceMs) throw error
      await delay(gapMs)
    }
  }
}
