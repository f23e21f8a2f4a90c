// Long polls that wait for a station's pins to change; woken by the database, from whichever process changed them.

import type { Database } from '../db/client.ts'
import { pinsChannel } from '../db/pins.ts'

export async function pinWaiters(database: Database) {
  const waiting = new Map<string, Set<() => void>>()
  const unlisten = await database.listen(pinsChannel, (stationId) => {
    for (const wake of waiting.get(stationId) ?? []) wake()
  })

  return {
    /** Resolves when the station's pins change, after `ms`, or when `signal` is aborted. */
    wait(stationId: string, ms: number, signal: AbortSignal): Promise<void> {
      return new Promise((resolve) => {
        const set = waiting.get(stationId) ?? new Set()
        waiting.set(stationId, set)
        const done = () => {
          clearTimeout(timer)
          signal.removeEventListener('abort', done)
          set.delete(done)
          if (set.size === 0) waiting.delete(stationId)
          resolve()
        }
        const timer = setTimeout(done, ms)
        signal.addEventListener('abort', done)
        set.add(done)
        if (signal.aborted) done()
      })
    },
    async stop(): Promise<void> {
      for (const set of waiting.values()) for (const wake of set) wake()
      await unlisten()
    },
  }
}
export type PinWaiters = Awaited<ReturnType<typeof pinWaiters>>
