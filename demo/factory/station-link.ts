// The network cable of one station: it can be cut in mid-request and plugged in again.

export function stationLink() {
  let cable = new AbortController()
  let waiting: (() => void)[] = []

  /** Waits while the cable is cut; rejects when it is cut in mid-request, and when the caller's signal is aborted. */
  const overCable: typeof fetch = async (address, init) => {
    const signals = init?.signal ? [init.signal] : []
    while (cable.signal.aborted) await restored(AbortSignal.any(signals))
    return fetch(address, { ...init, signal: AbortSignal.any([...signals, cable.signal]) })
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
    cable.abort(new Error('the network cable was cut'))
  }

  function restore(): void {
    if (!cable.signal.aborted) return
    cable = new AbortController()
    const those = waiting
    waiting = []
    for (const goOn of those) goOn()
  }

  return { fetch: overCable, cut, restore, isUp: () => !cable.signal.aborted }
}
