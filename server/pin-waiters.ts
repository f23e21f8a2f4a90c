// Long polls that wait for a station's pins to change; woken by the database, from whichever process changed them.

import type { Database } from '../db/client.ts'
import { pinsChannel } from '../db/pins.ts'

export async function pinWaiters(database: Database) {
  const waiting = new Map<string, Set<() => void>>()
  const unlisten = await database.listen(pinsChannel, (stationId) => {
    for (const wake of waiting.get(stationId) ?? []) wake()
  })

  let stopped = false

  return {
    /**
     * Waits until the station's pins may have changed (true), or `ms` are over, `signal` is aborted or all is stopped
     * (false). A notification can be late and tell of a change that was read before: look whether anything is new.
     */
    wait(stationId: string, ms: number, signal: AbortSignal): Promise<boolean> {
      return new Promise((resolve) => {
        const set = waiting.get(stationId) ?? new Set()
        waiting.set(stationId, set)
        const end = (changed: boolean) => {
          clearTimeout(timer)
          signal.removeEventListener('abort', over)
          set.delete(wake)
          if (set.size === 0) waiting.delete(stationId)
          resolve(changed)
        }
        const wake = () => end(!stopped)
        const over = () => end(false)
        const timer = setTimeout(over, ms)
        signal.addEventListener('abort', over)
        set.add(wake)
        if (signal.aborted || stopped) over()
      })
    },
    async stop(): Promise<void> {
      stopped = true
      for (const set of [...waiting.values()]) for (const wake of [...set]) wake()
      await unlisten()
    },
  }
}
export type PinWaiters = Awaited<ReturnType<typeof pinWaiters>>
