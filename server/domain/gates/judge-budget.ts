// The error budget: how many failures beyond the expected ones this rollout may cost, and how long it will last.
import type { CountedVerdict } from './counted-verdict.ts'
import type { Evaluator } from './evaluator.ts'
import type { CountedGate } from './gate.ts'
import { comparedVerdict } from './judge-compared.ts'
import type { GateQuestion } from './question.ts'

export type BudgetGate = Extract<CountedGate, { metric: 'error budget' }>

/**
 * Breached once it is proven that more than the budget is spent: the margin is the budget over the counts, which only
 * shrinks, so the chance of a false alarm is that of any gate. Grey where the next stage would spend the rest of it.
 */
export function judgeBudget(
  gate: BudgetGate,
  key: string,
  question: GateQuestion,
  evaluate: Evaluator,
): CountedVerdict {
  const n = question.stations
    .filter((station) => station.arm === 'canary')
    .reduce((sum, station) => sum + (station.since[key]?.n ?? 0), 0)
  const options = {
    alpha: gate.alpha,
    marginRelative: 1,
    marginPoints: Math.min(gate.extraFailures / Math.max(n, 1), 0.999),
  }
  const evaluated = evaluate(key, { ownPast: false, options })
  const verdict = comparedVerdict(gate, evaluated, question)
  const { evaluation } = evaluated
  if (evaluation.status === 'no data') return verdict
  const spent = (evaluation.observedRate - evaluation.expectedRate) * evaluation.units
  const rate = Math.max(0, evaluation.posteriorRate - evaluation.expectedRate)
  const after = Math.max(0, spent) + rate * evaluation.units * question.growth
  const wouldNotLast = after > gate.extraFailures && evaluation.probabilityWorse >= 0.5
  return {
    ...verdict,
    verdict: verdict.verdict === 'pass' && wouldNotLast ? 'grey' : verdict.verdict,
    headline: `${gate.name}: ${count(spent)} of ${gate.extraFailures} extra failures spent, about ${count(after)} by the end of a next stage as long as this one`,
  }
}

function count(failures: number): string {
  return Math.max(0, Math.round(failures)).toLocaleString('en-GB')
}
