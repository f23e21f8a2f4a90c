// The verdict of a counted gate as it is kept: what all of them share, and the empty form.
import { logOdds } from '../statistics/log-odds.ts'
import { rateFromLogOdds } from '../statistics/rate-from-log-odds.ts'
import type { StationTally } from '../statistics/station-tally.ts'
import type { CountedGate } from './gate.ts'
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
 * rests there is nothing to see yet; and what no station has ever reported cannot be judged at all.
 */
export function nothingCounted(
  gate: CountedGate,
  tallies: StationTally[],
  question: GateQuestion,
): CountedVerdict {
  const empty = emptyVerdict(gate, tallies)
  const isReported = comparedCounts(tallies) > 0
  const anyRun = question.stations.some((station) =>
    Object.values(station.since).some((count) => count.n > 0),
  )
  if (!isReported && anyRun && (gate.metric === 'duration' || gate.metric === 'measurement coverage'))
    return { ...empty, verdict: 'pass', headline: `${gate.name}: not judged, base has none to compare with` }
  if (!isReported && anyRun && gate.metric === 'custom')
    return {
      ...empty,
      verdict: 'no data',
      headline: `${gate.name}: no run reports it: check the name it is read by`,
    }
  if (empty.base.n === 0 && tallies.some((tally) => tally.arm === 'base'))
    return { ...empty, headline: `${gate.name}: neither canary nor base has run yet` }
  return { ...empty, verdict: 'no data', headline: `${gate.name}: no canary runs counted yet` }
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
