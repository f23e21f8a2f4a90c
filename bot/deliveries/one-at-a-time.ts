// Lets only one piece of work per key run at a time in this process: two deliveries must not post the same card twice.

export function oneAtATime() {
  const running = new Map<string, Promise<unknown>>()

  return async function inTurn<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
    const before = running.get(key) ?? Promise.resolve()
    const mine = before.then(work, work)
    const settled = mine.then(
      () => undefined,
      () => undefined,
    )
    running.set(key, settled)
    try {
      return await mine
    } finally {
      if (running.get(key) === settled) running.delete(key)
    }
  }
}
