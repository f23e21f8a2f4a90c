// A gate on shadow pairs: units that both builds tested. The unit is its own comparison, so nothing of the past is asked.

import { shadowHeadline } from '../shadow-summary.ts'
import {
  type PairCounts,
  pairedBounds,
  pairedLogEvidenceBeyond,
  probabilityPairedBeyond,
} from '../statistics/paired-evidence-beyond.ts'
import { acceptedEvidence, type CountedVerdict, emptyVerdict } from './counted-verdict.ts'
import type { CountedGate } from './gate.ts'
import type { GateQuestion } from './question.ts'
import { wordOf } from './word-of.ts'

export type PairsGate = Extract<CountedGate, { metric: 'shadow pairs' }>

/** Worse by half a point of the pairs is unacceptable where base fails next to none of them. */
const leastPoints = 0.005

/** A drop that was declared is tolerated; of a declared gain nothing is asked. */
export function judgePairs(gate: PairsGate, question: GateQuestion): CountedVerdict {
  const { pairs: n, worse, better, neither, stations } = question.conditions.shadowPairs
  const empty = emptyVerdict(gate, [])
  if (n === 0)
    return {
      ...empty,
      verdict: 'no data',
      headline: `${gate.name}: no unit has been tested by both builds yet`,
    }
  const counts: PairCounts = { worse, better, equal: n - worse - better }
  const tolerated = Math.min(0.99, gate.marginPoints + Math.max(0, -question.expectedYieldChange))
  const baseRate = (better + neither) / n
  // What is tolerated is never unacceptable, and severe lies at least twice as far.
  const unacceptable = Math.max(baseRate, leastPoints, tolerated)
  const severe = Math.max((gate.severeRelative - 1) * baseRate, gate.severePoints, leastPoints, 2 * tolerated)
  const logEvidence = pairedLogEvidenceBeyond(counts, tolerated) - acceptedEvidence(gate, question)
  const probabilityUnacceptable = probabilityPairedBeyond(counts, unacceptable)
  const probabilitySevere = probabilityPairedBeyond(counts, severe)
  const logEvidenceOfPass = pairedLogEvidenceBeyond(
    { worse: better, better: worse, equal: counts.equal },
    -Math.min(unacceptable, 0.99),
  )
  // What is half-way to a breach does not pass, however many units base fails as well.
  const leans = logEvidence > empty.logThreshold / 2
  const bounds = pairedBounds(counts, gate.alpha)
  return {
    ...empty,
    canary: { stations, n, bad: worse + neither, rate: (worse + neither) / n },
    base: { stations: 0, n, bad: better + neither, rate: baseRate },
    verdict: wordOf(
      gate,
      {
        units: n,
        bad: worse,
        logEvidence,
        probabilityUnacceptable: leans ? 1 : probabilityUnacceptable,
        probabilitySevere,
        logEvidenceOfPass: leans ? Number.NEGATIVE_INFINITY : logEvidenceOfPass,
        compared: Number.POSITIVE_INFINITY,
      },
      question,
    ),
    expectedRate: baseRate,
    difference: (worse - better) / n,
    differenceLow: bounds.low,
    differenceHigh: bounds.high,
    toleratedRate: Math.min(1, baseRate + tolerated),
    logEvidence,
    probabilityWorse: probabilityPairedBeyond(counts, 0),
    probabilityUnacceptable,
    probabilitySevere,
    countsToVerdict: n < gate.minimumPairs ? gate.minimumPairs - n : null,
    headline: `${gate.name}: ${shadowHeadline(question.conditions.shadowPairs)}`,
  }
}
