// The room in which long polls wait until what their station is answered may have changed.

/** `changed`: look again. `crowded`: the station waits too often. `stopping`: the process ends, another one answers. */
export type WaitEnd = 'changed' | 'over' | 'crowded' | 'stopping'
export type PinWaiters = ReturnType<typeof pinWaiters>

/** Of one station at a time: one for each of its programs, and those whose connections are gone and nobody knows yet. */
const mostOfAStation = 8

/** The response to the one who asks: it tells when that one has response. */
type Response = {
  destroyed: boolean
  once(event: 'close', heard: () => void): unknown
  off(event: 'close', heard: () => void): unknown
}

export function pinWaiters() {
  /** Oldest first. */
  const waiting = new Map<string, ((why: WaitEnd) => void)[]>()
  let count = 0
  let isStopped = false

  function leave(stationId: string, end: (why: WaitEnd) => void): void {
    const others = waiting.get(stationId)?.filter((each) => each !== end) ?? []
    if (others.length > 0) waiting.set(stationId, others)
    else waiting.delete(stationId)
    count--
  }

  return {
    /** For `ms` at most. Whoever calls it has looked in the same turn of the event loop, so that no change is slept through. */
    wait(stationId: string, ms: number, response: Response): Promise<WaitEnd> {
      if (isStopped) return Promise.resolve('stopping')
      if (response.destroyed) return Promise.resolve('over')
      return new Promise((resolve) => {
        const end = (why: WaitEnd) => {
          clearTimeout(timer)
          response.off('close', over)
          leave(stationId, end)
          resolve(why)
        }
        const over = () => end('over')
        const timer = setTimeout(over, ms)
        response.once('close', over)
        const present = waiting.get(stationId) ?? []
        waiting.set(stationId, [...present, end])
        count++
        if (present.length >= mostOfAStation) present[0]?.('crowded')
      })
    },
    wake(stationId: string): void {
      for (const end of waiting.get(stationId) ?? []) end('changed')
    },
    /** How many wait now; once all is stopped, how many did. */
    count: () => count,
    stop(): void {
      isStopped = true
      const many = count
      for (const ends of [...waiting.values()]) for (const end of ends) end('stopping')
      count = many
    },
  }
}
