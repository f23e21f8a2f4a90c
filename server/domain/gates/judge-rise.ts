// Yield that rises beyond what was declared: bad units may be passing. The same evidence, on the good outcome.
import { acceptedEvidence, type CountedVerdict, emptyVerdict, nothingCounted } from './counted-verdict.ts'
import type { Evaluator } from './evaluator.ts'
import type { CountedGate } from './gate.ts'
import { comparedCounts, leastBase } from './gate-tallies.ts'
import { headline } from './gate-words.ts'
import { isComparedYield, optionsOf } from './judge-compared.ts'
import type { GateQuestion } from './question.ts'
import type { VerdictWord } from './verdict.ts'
import { neededCounts } from './word-of.ts'

export type RiseGate = Extract<CountedGate, { metric: 'first-pass yield rise' }>

export function judgeRise(
  gate: RiseGate,
  key: string,
  question: GateQuestion,
  evaluate: Evaluator,
): CountedVerdict {
  // The curve that yield is judged by carries the rise of the first such gate; another one has its own.
  const isFirst = question.gates.find((other) => other.metric === gate.metric) === gate
  const partner = isFirst ? question.gates.find(isComparedYield) : undefined
  const options = partner
    ? optionsOf(partner, question)
    : { gainPoints: gate.marginPoints + Math.max(0, question.expectedYieldChange), gainAlpha: gate.alpha }
  const { tallies, evaluation } = evaluate(key, { ownPast: false, options })
  if (evaluation.status === 'no data') return nothingCounted(gate, tallies, question)
  const { gain, expectedRate, observedRate, units } = evaluation
  const verdict: CountedVerdict = {
    ...emptyVerdict(gate, tallies),
    expectedRate,
    difference: observedRate - expectedRate,
    probabilityWorse: evaluation.probabilityWorse,
    headline: headline(gate, observedRate, expectedRate, units),
  }
  if (!gain)
    return {
      ...verdict,
      verdict: 'pass',
      headline: `${verdict.headline}; it cannot rise by more than is tolerated`,
    }
  const logEvidence = gain.logEvidence - acceptedEvidence(gate, question)
  const passes =
    gain.logEvidence <= 0 && comparedCounts(tallies) >= leastBase && units >= neededCounts(gate, question)
  return {
    ...verdict,
    differenceLow: gain.lowerRateDelta,
    differenceHigh: gain.upperRateDelta,
    toleratedRate: gain.toleratedRate,
    logEvidence,
    verdict: riseWord(gate, logEvidence, passes, question),
  }
}

/** The word for more evidence of a rise is never severe: escapes are looked into, they are not rolled back at once. */
function riseWord(gate: RiseGate, logEvidence: number, passes: boolean, question: GateQuestion): VerdictWord {
  const isOpen = question.open.some((breach) => breach.gate === gate.name)
  if (logEvidence >= Math.log(1 / gate.alpha) || (isOpen && logEvidence >= 0)) return 'breach'
  if (passes) return 'pass'
  return question.overdue ? 'grey' : 'wait'
}
