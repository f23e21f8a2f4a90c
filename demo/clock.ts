// A clock that runs faster than real time, so that a day of a factory passes while somebody watches.
import { setTimeout as pause } from 'node:timers/promises'

export type Clock = {
  /** Simulated milliseconds since 1970-01-01 UTC. */
  now(): number
  /** Ends after so many simulated milliseconds; rejects with the signal's reason when it is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/** `speed` simulated milliseconds pass in one real one; the first moment is `start`, by default the real now. */
export function fastClock(options: { speed: number; start?: number }): Clock {
  const start = options.start ?? Date.now()
  const begun = performance.now()
  const now = () => Math.floor(start + (performance.now() - begun) * options.speed)

  /** A timer may end up to a millisecond early, which is seconds of a fast clock: hence the loop. */
  async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const until = now() + ms
    do {
      const real = Math.max(0, until - now()) / options.speed
      await pause(real, undefined, signal === undefined ? {} : { signal })
    } while (now() < until)
  }

  return { now, sleep }
}
