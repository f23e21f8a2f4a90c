// How often somebody may ask: so many at once, and so many a second in the long run.

export type PaceLimit = { aSecond: number; atOnce: number }
export type Pace = ReturnType<typeof pace>

/** @param present real milliseconds, counted from any moment. */
export function pace({ aSecond, atOnce }: PaceLimit, present: () => number = () => performance.now()) {
  const intervalMs = 1_000 / aSecond
  /** When each will have paid for all that it asked, at one question an interval. Those that have are left out. */
  const paidAt = new Map<string, number>()
  let sweptAt = present()

  function sweep(at: number): void {
    if (at - sweptAt < 10_000) return
    sweptAt = at
    for (const [id, paid] of paidAt) if (paid <= at) paidAt.delete(id)
  }

  const paidBy = (id: string, at: number) => Math.max(paidAt.get(id) ?? at, at)
  const earlyBy = (paid: number, at: number) => Math.max(0, paid + intervalMs - at - atOnce * intervalMs)

  return {
    /** How many milliseconds too early it asks; 0: it may, and has asked. */
    early(id: string): number {
      const at = present()
      sweep(at)
      const paid = paidBy(id, at)
      const early = earlyBy(paid, at)
      if (early === 0) paidAt.set(id, paid + intervalMs)
      return early
    },
    /** The same, without asking. */
    left(id: string): number {
      const at = present()
      return earlyBy(paidBy(id, at), at)
    },
  }
}
