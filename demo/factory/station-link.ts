// The network cable of one station: it can be cut in mid-request and plugged in again.
import type { Answer, HttpClient, Request } from './http-client.ts'

export type StationLink = ReturnType<typeof stationLink>

export function stationLink(deps: { request: HttpClient }) {
  let cable = new AbortController()
  let waiting: (() => void)[] = []

  /** Waits while the cable is cut; rejects only when the caller's signal is aborted. */
  async function request(one: Request): Promise<Answer> {
    while (cable.signal.aborted) await restored(one.signal)
    try {
      return await deps.request({ ...one, signal: AbortSignal.any([one.signal, cable.signal]) })
    } catch {
      one.signal.throwIfAborted()
      return { kind: 'unreachable', why: 'the network cable was cut' }
    }
  }

  function restored(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted()
      const stopped = () => reject(signal.reason)
      signal.addEventListener('abort', stopped, { once: true })
      waiting.push(() => {
        signal.removeEventListener('abort', stopped)
        resolve()
      })
    })
  }

  function cut(): void {
    cable.abort()
  }

  function restore(): void {
    if (!cable.signal.aborted) return
    cable = new AbortController()
    const those = waiting
    waiting = []
    for (const goOn of those) goOn()
  }

  return { request, cut, restore, isUp: () => !cable.signal.aborted }
}
