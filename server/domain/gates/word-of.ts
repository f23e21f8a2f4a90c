// The word of a counted gate, first match wins.
import type { Judged } from '../statistics/evaluate-canary.ts'
import { runsToDecision } from '../statistics/runs-to-decision.ts'
import { type CountedGate, minimumOf } from './gate.ts'
import { leastBase } from './gate-tallies.ts'
import type { GateQuestion } from './question.ts'
import type { VerdictWord } from './verdict.ts'

/** What the evidence says, whatever it was gathered against. */
export type Seen = {
  units: number
  bad: number
  /** Less what was accepted. */
  logEvidence: number
  /** 0 or 1 where the method says yes or no. */
  probabilityUnacceptable: number
  probabilitySevere: number
  logEvidenceOfPass: number
  /** Counts that the comparison rests on; infinite against a set limit. */
  compared: number
}

export function wordOf(gate: CountedGate, seen: Seen, question: GateQuestion): VerdictWord {
  const breached = seen.logEvidence >= Math.log(1 / gate.alpha) && seen.bad >= leastBad
  const latched =
    seen.logEvidence >= 0 ? question.open.find((breach) => breach.gate === gate.name) : undefined
  if (breached && seen.probabilitySevere >= 0.9) return 'severe'
  if (latched) return latched.severity
  if (breached) return 'breach'
  const undecided = question.overdue ? 'grey' : 'wait'
  // Without anything of base the expected rate is the method's own starting point: no build passes against that.
  if (seen.compared < leastBase || seen.units < minimumOf(gate)) return undecided
  const proven = seen.logEvidenceOfPass >= Math.log(10)
  if (proven) return 'pass'
  if (question.passes === 'proven') return undecided
  const isLikely = seen.probabilityUnacceptable <= tolerableDoubt(gate)
  return isLikely && seen.units >= neededCounts(gate, question) ? 'pass' : undecided
}

/** Three bad are the least for a breach: a unit or two can always be a bad unit. */
const leastBad = 3

/** A guard needs less: what it guards against is rare, and yield counts the same failures. */
function tolerableDoubt(gate: CountedGate): number {
  return gate.metric === 'first-pass yield' ? 0.2 : 0.5
}

/** A gate that names its own minimum waits for that; else it waits for what the stage asks for. */
export function neededCounts(gate: CountedGate, question: Pick<GateQuestion, 'target'>): number {
  const minimum = minimumOf(gate)
  return minimum > 0 ? minimum : question.target
}

/** Further counts until a breach at the rate seen; where none is in sight, until it may pass. */
export function countsToVerdict(
  gate: CountedGate,
  evaluation: Pick<Judged, 'posteriorRate' | 'units'>,
  logEvidence: number,
  toleratedRate: number,
  question: GateQuestion,
): number | null {
  const missing = neededCounts(gate, question) - evaluation.units
  if (evaluation.posteriorRate <= toleratedRate) return missing > 0 ? missing : null
  const more = runsToDecision({
    alpha: gate.alpha,
    logEvidence,
    assumedRate: evaluation.posteriorRate,
    toleratedRate,
  })
  return Number.isFinite(more) ? Math.min(Math.ceil(more), 1_000_000_000) : null
}
