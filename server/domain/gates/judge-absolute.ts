// A gate against a set limit: an objective and how fast its failures may burn. Nothing of base is asked.
import { oneSampleBounds } from '../statistics/one-sample-bounds.ts'
import { oneSampleLogEvidence } from '../statistics/one-sample-evidence.ts'
import { acceptedEvidence, type CountedVerdict, emptyVerdict, nothingCounted } from './counted-verdict.ts'
import type { CountedGate } from './gate.ts'
import { talliesOf } from './gate-tallies.ts'
import { unitOf } from './gate-words.ts'
import type { GateQuestion } from './question.ts'
import { countsToVerdict, wordOf } from './word-of.ts'

export type AbsoluteGate = Extract<CountedGate, { objective?: number | undefined }>

/** How many times the limit is severe: a burn of 6 where 2 pauses. */
const severeFactor = 3

/** The limit is `burn` times the bad share that the objective leaves. */
export function judgeAbsolute(gate: AbsoluteGate, key: string, question: GateQuestion): CountedVerdict {
  const tallies = talliesOf(question.stations, key)
  const verdict = emptyVerdict(gate, tallies)
  const { n, bad } = verdict.canary
  const allowed = 1 - (gate.objective ?? 1)
  const limit = Math.min(gate.burn * allowed, 1 - 1e-9)
  if (n === 0)
    return { ...nothingCounted(gate, tallies, question), expectedRate: allowed, toleratedRate: limit }
  const ofBreach = oneSampleLogEvidence(bad, n, limit)
  const logEvidence = ofBreach - acceptedEvidence(gate, question)
  const severe = oneSampleLogEvidence(bad, n, Math.min(limit * severeFactor, 1 - 1e-9))
  const bounds = oneSampleBounds(bad, n, gate.alpha)
  const observed = bad / n
  return {
    ...verdict,
    verdict: wordOf(
      gate,
      {
        units: n,
        bad,
        logEvidence,
        // Accepted or not: what leans to a breach does not pass.
        probabilityUnacceptable: ofBreach <= 0 ? 0 : 1,
        probabilitySevere: severe >= Math.log(1 / gate.alpha) ? 1 : 0,
        logEvidenceOfPass: oneSampleLogEvidence(n - bad, n, 1 - limit),
        compared: Number.POSITIVE_INFINITY,
      },
      question,
    ),
    expectedRate: allowed,
    difference: observed - allowed,
    differenceLow: bounds.lower - allowed,
    differenceHigh: bounds.upper - allowed,
    toleratedRate: limit,
    logEvidence,
    countsToVerdict: countsToVerdict(
      gate,
      { posteriorRate: observed, units: n },
      logEvidence,
      limit,
      question,
    ),
    headline: `${gate.name}: ${(observed * 100).toFixed(1)} % bad on ${n} ${unitOf(gate)}, ${burn(observed, allowed)} what ${((1 - allowed) * 100).toPrecision(4)} % allows (limit ${gate.burn} times)`,
  }
}

function burn(observed: number, allowed: number): string {
  return `${(observed / Math.max(allowed, 1e-9)).toFixed(1)} times`
}
