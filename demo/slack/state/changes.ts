// Tells listeners that something in the workspace changed, and waits for a condition without polling.

export type Changes = ReturnType<typeof changes>

export function changes() {
  const listeners = new Set<() => void>()
  let revision = 0

  function happened(): void {
    revision += 1
    for (const listener of [...listeners]) listener()
  }

  function subscribe(listener: () => void): () => void {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }

  function waitFor(predicate: () => boolean, timeoutMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      if (predicate()) return resolve()
      const timer = setTimeout(() => {
        stop()
        reject(
          new Error(`expected ${predicate.toString()} to become true within ${timeoutMs} ms; it did not`),
        )
      }, timeoutMs)
      const stop = subscribe(() => {
        try {
          if (!predicate()) return
        } catch (error) {
          clearTimeout(timer)
          stop()
          return reject(error)
        }
        clearTimeout(timer)
        stop()
        resolve()
      })
    })
  }

  return { happened, subscribe, waitFor, revision: () => revision }
}
