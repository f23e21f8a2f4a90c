// Work by key, each key by one at a time: what is asked for while it is under way, or rests, is one more round of it.
import { setTimeout as pause } from 'node:timers/promises'

type Work<Key> = {
  /** `'again'`: it could not be done now; it is tried again after the rest. Rejects for nobody: it says itself what failed. */
  work(key: Key): Promise<'again' | undefined>
  /** Real milliseconds after a round; a round that took longer rests longer, so that it never has more than a sixth of the time. */
  restMs: number
  /** Keys that are worked on at once; the others wait in the order in which they were asked for. */
  atOnce: number
}

export function coalesced<Key>({ work, restMs, atOnce }: Work<Key>) {
  const waiting = new Set<Key>()
  const underWay = new Map<Key, Promise<void>>()
  const again = new Set<Key>()
  const stopping = new AbortController()
  let working = 0

  function request(key: Key): void {
    if (stopping.signal.aborted) return
    if (underWay.has(key)) again.add(key)
    else waiting.add(key)
    next()
  }

  function next(): void {
    for (const key of waiting) {
      if (working >= atOnce) return
      waiting.delete(key)
      working += 1
      underWay.set(key, round(key))
    }
  }

  async function round(key: Key): Promise<void> {
    const began = performance.now()
    const outcome = await work(key)
    working -= 1
    next()
    const rest = Math.max(restMs, 5 * (performance.now() - began))
    await pause(rest, undefined, { signal: stopping.signal }).catch(() => undefined)
    underWay.delete(key)
    if (again.delete(key) || outcome === 'again') request(key)
  }

  return {
    request,
    /** Keys that are asked for and not begun. */
    waiting: () => waiting.size,
    async stop(): Promise<void> {
      stopping.abort()
      waiting.clear()
      await Promise.all(underWay.values())
    },
  }
}
