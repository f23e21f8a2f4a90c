// A counted gate: what its evidence says, against base, against the stations' own past, or against a set limit.
import type { CountedVerdict } from './counted-verdict.ts'
import { countingsOf } from './counting.ts'
import type { Evaluator } from './evaluator.ts'
import type { CountedGate } from './gate.ts'
import { judgeAbsolute } from './judge-absolute.ts'
import { judgeBudget } from './judge-budget.ts'
import { judgeCompared } from './judge-compared.ts'
import { judgePairs, type PairsGate } from './judge-pairs.ts'
import { judgeRise } from './judge-rise.ts'
import { precedence } from './precedence.ts'
import type { GateQuestion } from './question.ts'

/** A gate that looks both ways is two, at half its alpha each: the worse one speaks. */
export function judgeCounted(gate: CountedGate, question: GateQuestion, evaluate: Evaluator): CountedVerdict {
  if (gate.metric === 'shadow pairs') return judgePairs(gate, question)
  const [first, second] = countingsOf(gate).map(({ key }) => key)
  if (first === undefined) throw new Error(`${gate.name} counts nothing`)
  if (second === undefined) return judgeKey(gate, first, question, evaluate)
  const half = { ...gate, alpha: gate.alpha / 2 }
  const up = judgeKey(half, first, question, evaluate)
  const down = judgeKey(half, second, question, evaluate)
  const order = precedence.indexOf(up.verdict) - precedence.indexOf(down.verdict)
  const worse = order < 0 || (order === 0 && up.logEvidence >= down.logEvidence) ? up : down
  return { ...worse, alpha: gate.alpha }
}

function judgeKey(
  gate: Exclude<CountedGate, PairsGate>,
  key: string,
  question: GateQuestion,
  evaluate: Evaluator,
): CountedVerdict {
  switch (gate.metric) {
    case 'first-pass yield rise':
      return judgeRise(gate, key, question, evaluate)
    case 'error budget':
      return judgeBudget(gate, key, question, evaluate)
    case 'duration':
    case 'measurement coverage':
      return judgeCompared(gate, key, question, evaluate)
    case 'first-pass yield':
    case 'error rate':
    case 'timeout rate':
    case 'custom':
      return gate.comparison === 'absolute'
        ? judgeAbsolute(gate, key, question)
        : judgeCompared(gate, key, question, evaluate)
  }
}
