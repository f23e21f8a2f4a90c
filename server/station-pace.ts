// How often a station may ask: a station in a loop must not take the time of the others.

/**
 * Questions a second in the long run, and how many may come at once. A station that asks without waiting does so every
 * few seconds, one that waits every half a minute, and a bench has a handful of programs.
 */
export const aSecond = 20
export const atOnce = 100

const intervalMs = 1_000 / aSecond

export type StationPace = ReturnType<typeof stationPace>

/** @param present real milliseconds, counted from any moment. */
export function stationPace(present: () => number = () => performance.now()) {
  /** When each will have paid for all that it asked, at one question an interval. Those that have are left out. */
  const paidAt = new Map<string, number>()
  let sweptAt = present()

  function sweep(at: number): void {
    if (at - sweptAt < 10_000) return
    sweptAt = at
    for (const [id, paid] of paidAt) if (paid <= at) paidAt.delete(id)
  }

  return {
    /** How many milliseconds too early it asks; 0: it may. */
    early(stationId: string): number {
      const at = present()
      sweep(at)
      const paid = Math.max(paidAt.get(stationId) ?? at, at)
      const early = paid + intervalMs - at - atOnce * intervalMs
      if (early > 0) return early
      paidAt.set(stationId, paid + intervalMs)
      return 0
    },
  }
}
