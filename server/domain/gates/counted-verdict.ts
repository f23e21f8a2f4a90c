// The verdict of a counted gate as it is kept: what all of them share, and the empty form.
import { logOdds } from '../statistics/log-odds.ts'
import { rateFromLogOdds } from '../statistics/rate-from-log-odds.ts'
import type { StationTally } from '../statistics/station-tally.ts'
import { type CountedGate, isMeasured } from './gate.ts'
import { armCount, comparedCounts } from './gate-tallies.ts'
import { unitOf } from './gate-words.ts'
import type { GateQuestion } from './question.ts'
import type { GateVerdict } from './verdict.ts'

export type CountedVerdict = Omit<GateVerdict, 'acts'>

export function emptyVerdict(gate: CountedGate, tallies: StationTally[]): CountedVerdict {
  return {
    name: gate.name,
    metric: gate.metric,
    mode: gate.mode,
    comparison: 'comparison' in gate ? gate.comparison : 'base',
    verdict: 'wait',
    unit: unitOf(gate),
    canary: armCount(tallies, 'canary'),
    base: armCount(tallies, 'base'),
    expectedRate: null,
    difference: null,
    differenceLow: null,
    differenceHigh: null,
    toleratedRate: null,
    mixDifference: null,
    alpha: gate.alpha,
    logEvidence: 0,
    logThreshold: Math.log(1 / gate.alpha),
    probabilityWorse: null,
    probabilityUnacceptable: null,
    probabilitySevere: null,
    countsToVerdict: null,
    suspect: null,
    details: [],
    headline: '',
  }
}

/**
 * Nothing counted in the canary arm. While base runs that is silence, and silence never ships; where the whole line
 * rests there is nothing to see yet; and what no station has ever reported, or what is usual nowhere on the canary
 * stations, cannot be judged at all.
 */
export function nothingCounted(
  gate: CountedGate,
  tallies: StationTally[],
  question: GateQuestion,
): CountedVerdict {
  const empty = emptyVerdict(gate, tallies)
  const hasRun = (arm: 'canary' | 'base') =>
    question.stations.some(
      (station) => station.arm === arm && Object.values(station.since).some((count) => count.n > 0),
    )
  const hasPast = tallies.some((tally) => tally.arm === 'canary' && tally.pastRuns > 0)
  if (gate.metric === 'custom' && comparedCounts(tallies) === 0 && (hasRun('canary') || hasRun('base')))
    return {
      ...empty,
      verdict: 'no data',
      headline: `${gate.name}: no run reports it: check the name it is read by`,
    }
  if (isMeasured(gate) && !hasPast && hasRun('canary'))
    return {
      ...empty,
      // Every plan has a duration gate: a station without a past must not hold each rollout up by it.
      verdict: gate.metric === 'custom' ? 'no data' : 'pass',
      headline: `${gate.name}: not judged, the canary stations have no past to compare with`,
    }
  // A line that rests altogether is no silence of the canary, but nothing is known either.
  const rests = empty.base.n === 0 && tallies.some((tally) => tally.arm === 'base')
  return {
    ...empty,
    verdict: 'no data',
    headline: rests
      ? `${gate.name}: neither canary nor base has run yet`
      : `${gate.name}: no canary runs counted yet`,
  }
}

export function acceptedEvidence(gate: CountedGate, question: GateQuestion): number {
  const accepted = question.accepted.find((acceptance) => acceptance.gate === gate.name)?.logEvidence ?? 0
  return Math.max(0, accepted)
}

/** The part of the expected rate that another mix of products and shifts explains, weighted by what was counted. */
export function mixDifference(
  tallies: StationTally[],
  mix: ReadonlyMap<string, number>,
  expectedRate: number,
): number | null {
  if (mix.size === 0) return null
  const canary = tallies.filter((tally) => tally.arm === 'canary')
  const runs = canary.reduce((sum, tally) => sum + tally.runs, 0)
  if (runs <= 0) return null
  const shift = canary.reduce((sum, tally) => sum + tally.runs * (mix.get(tally.id) ?? 0), 0) / runs
  return expectedRate - rateFromLogOdds(logOdds(expectedRate) - shift)
}
