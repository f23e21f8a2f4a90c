// One evaluation serves all gates that ask the same of the same counts: yield and its rise share a curve.
import type { Drift } from '../statistics/base-drift.ts'
import { type CanaryEvaluation, evaluateCanary } from '../statistics/evaluate-canary.ts'
import type { EvaluationOptions } from '../statistics/evaluation-options.ts'
import type { StationTally } from '../statistics/station-tally.ts'
import { mixOf, talliesOf, withoutBase, withPast } from './gate-tallies.ts'
import type { GateQuestion } from './question.ts'

export type Evaluated = {
  /** As counted. */
  tallies: StationTally[]
  /** As the method was given them. */
  judged: StationTally[]
  options: EvaluationOptions
  evaluation: CanaryEvaluation
}
export type Evaluator = (key: string, asked: { ownPast: boolean; options: EvaluationOptions }) => Evaluated

/** @param drift filled with the shared drift of every counting that base still says something about. */
export function evaluator(question: GateQuestion, drift: Record<string, Drift>): Evaluator {
  const known = new Map<string, Evaluated>()
  return (key, asked) => {
    const name = JSON.stringify([key, asked])
    const present = known.get(name)
    if (present) return present
    const tallies = talliesOf(question.stations, key)
    const judged = asked.ownPast ? withoutBase(tallies) : withPast(tallies)
    const previousDrift = asked.ownPast ? undefined : question.previous?.drift[key]
    const driftNoise = question.driftNoise[key]
    const options = {
      ...asked.options,
      mix: mixOf(question.stations, key),
      ...(previousDrift ? { previousDrift } : {}),
      ...(driftNoise === undefined ? {} : { driftNoise }),
    }
    const evaluation = evaluateCanary(judged, options)
    // Kept as it was while base still ran: growing it at every look would widen it without end.
    if (!asked.ownPast && tallies.some((tally) => tally.arm === 'base' && tally.runs > 0))
      drift[key] = evaluation.drift
    const evaluated = { tallies, judged, options, evaluation }
    known.set(name, evaluated)
    return evaluated
  }
}
