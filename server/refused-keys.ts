// Addresses from which keys and tokens come that open nothing: beyond a number of them they are told to wait, and what they
// guess of a token that people chose is not looked at.
import { limits } from './limits.ts'
import { pace } from './pace.ts'

export type RefusedKeys = ReturnType<typeof refusedKeys>

/** Tokens that opened lately. They go on to open, whatever else comes from their address. */
const mostKnown = 10_000

/** @param present real milliseconds, counted from any moment. */
export function refusedKeys(present?: () => number) {
  const refusals = pace(limits.refusedKeys, present)
  const told = pace({ aSecond: 1 / 600, atOnce: 1 }, present)
  const known = new Set<string>()

  return {
    /** A key or token from there opened nothing. 0, or after how many milliseconds to come again instead of at once. */
    refused: (address: string): number => refusals.early(address),
    /** Milliseconds for which a token from there is not looked at. @param digest of the token. */
    wait: (address: string, digest: string): number => (known.has(digest) ? 0 : refusals.left(address)),
    /** Whether to tell of that address, which is done every ten minutes. */
    isToldNow: (address: string): boolean => told.early(address) === 0,
    opened(digest: string): void {
      // Taken out and put back, so that the first is always the one longest unused.
      known.delete(digest)
      known.add(digest)
      const oldest = known.values().next()
      if (known.size > mostKnown && !oldest.done) known.delete(oldest.value)
    },
  }
}
