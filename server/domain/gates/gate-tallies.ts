// The stations' counts of one counting, as the method takes them.
import type { StationTally } from '../statistics/station-tally.ts'
import type { GateStation } from './question.ts'
import type { GateVerdict } from './verdict.ts'

/** Counts of base, past and concurrent together, below which nothing is passed. */
export const leastBase = 30

export function talliesOf(stations: GateStation[], key: string): StationTally[] {
  return stations.map(({ id, arm, past, since }) => ({
    id,
    arm,
    pastRuns: past[key]?.n ?? 0,
    pastBad: past[key]?.bad ?? 0,
    runs: since[key]?.n ?? 0,
    bad: since[key]?.bad ?? 0,
  }))
}

export function mixOf(stations: GateStation[], key: string): ReadonlyMap<string, number> {
  const moved = stations.flatMap(({ id, mix }): [string, number][] => (mix[key] ? [[id, mix[key]]] : []))
  return new Map(moved)
}

/**
 * A new procedure has no past: then what base does in the same time stands in for it, and the canary stations are
 * judged as stations of that fleet. Without this the expected rate would be the method's own starting point, a half.
 */
export function withPast(tallies: StationTally[]): StationTally[] {
  const past = tallies.reduce((sum, tally) => sum + tally.pastRuns, 0)
  if (past >= leastBase) return tallies
  return tallies.map((tally) =>
    tally.arm === 'canary'
      ? tally
      : {
          ...tally,
          pastRuns: tally.pastRuns + tally.runs,
          pastBad: tally.pastBad + tally.bad,
          runs: 0,
          bad: 0,
        },
  )
}

/** For gates that compare with the past alone: base stations say what the fleet was, not what it is. */
export function withoutBase(tallies: StationTally[]): StationTally[] {
  return tallies.map((tally) => (tally.arm === 'base' ? { ...tally, runs: 0, bad: 0 } : tally))
}

/** Counts of base that a comparison rests on, past and concurrent. */
export function comparedCounts(tallies: StationTally[]): number {
  return tallies.reduce((sum, tally) => sum + tally.pastRuns + (tally.arm === 'base' ? tally.runs : 0), 0)
}

/** Whole numbers: base counts that were weighted to the canary's shifts are rounded for people. */
export function armCount(tallies: StationTally[], arm: 'canary' | 'base'): GateVerdict['canary'] {
  const counted = tallies.filter((tally) => tally.arm === arm && tally.runs > 0)
  const n = Math.round(counted.reduce((sum, tally) => sum + tally.runs, 0))
  const bad = Math.round(counted.reduce((sum, tally) => sum + tally.bad, 0))
  return { stations: counted.length, n, bad, rate: n === 0 ? null : bad / n }
}
