// Lets others in between: long work on many runs must not hold up every other request.
import { setImmediate } from 'node:timers/promises'

/** Real milliseconds of work at one go. */
const longestMs = 25

export function breather(): () => Promise<void> {
  let since = performance.now()
  return async () => {
    if (performance.now() - since < longestMs) return
    await setImmediate()
    since = performance.now()
  }
}
