import fc from 'fast-check'
import { rateFromLogOdds } from '../../../server/domain/statistics/rate-from-log-odds.ts'
import type { StationTally } from '../../../server/domain/statistics/station-tally.ts'

/** Runs and bad runs of every size, from none to ten million, all bad and none bad among them. */
const counts = fc
  .tuple(
    fc.oneof(fc.constantFrom(0, 1, 2, 10_000_000), fc.nat({ max: 200 }), fc.nat({ max: 1_000_000 })),
    fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true })),
  )
  .map(([runs, share]) => ({ runs, bad: Math.round(runs * share) }))

export const anyTallies: fc.Arbitrary<StationTally[]> = fc
  .array(
    fc.record({ arm: fc.constantFrom('base' as const, 'canary' as const), past: counts, since: counts }),
    {
      maxLength: 8,
    },
  )
  .map((stations) =>
    stations.map(({ arm, past, since }, place) => ({
      id: `s${place}`,
      arm,
      pastRuns: past.runs,
      pastBad: past.bad,
      ...since,
    })),
  )

/** Mulberry32: the same numbers for the same seed, on every machine. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

export function normalFrom(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

export function countBad(random: () => number, runs: number, rate: number): number {
  let bad = 0
  for (let run = 0; run < runs; run++) if (random() < rate) bad += 1
  return bad
}

/** Stations that differ: log-odds scattered by `bias`, and by `noise` once more since the start. */
export function fleet(
  random: () => number,
  {
    size,
    canary,
    rate,
    bias,
    noise,
  }: { size: number; canary: number; rate: number; bias: number; noise: number },
): { tally: StationTally; rateNow: number }[] {
  const middle = Math.log(rate / (1 - rate))
  return Array.from({ length: size }, (_, place) => {
    const own = middle + bias * normalFrom(random)
    return {
      tally: {
        id: `s${place}`,
        arm: place < canary ? ('canary' as const) : ('base' as const),
        pastRuns: 1000,
        pastBad: countBad(random, 1000, rateFromLogOdds(own)),
        runs: 0,
        bad: 0,
      },
      rateNow: rateFromLogOdds(own + noise * normalFrom(random)),
    }
  })
}
