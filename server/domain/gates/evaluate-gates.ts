// Every gate, judged on the same counts; none is hidden by another.
import type { Instant } from '../instant.ts'
import { blindness } from './blindness.ts'
import type { CountedVerdict } from './counted-verdict.ts'
import { evaluator } from './evaluator.ts'
import { alarmBudgetSpent, isCounted, isTallied } from './gate.ts'
import { judgeCondition } from './judge-condition.ts'
import { judgeCounted } from './judge-counted.ts'
import { precedence } from './precedence.ts'
import type { GateQuestion } from './question.ts'
import { failingStations } from './telemetry.ts'
import type { GateVerdict, Verdict, VerdictWord } from './verdict.ts'

/** The method's name in stored verdicts: raised whenever the same counts could give another verdict. */
export const engine = 'station-baselined beta-binomial e-process 2'

/** Defined for any counts; never throws and never yields NaN. */
export function evaluateGates(question: GateQuestion, now: Instant): Verdict {
  const throughput = blindness(question.conditions.throughput)
  const { unheard } = question.conditions
  const isBlind = unheard !== null || throughput?.isBlind === true
  const failing = failingStations(question, now)
  const drift: Verdict['drift'] = { ...question.previous?.drift }
  const evaluate = evaluator(question, drift)
  const gates = question.gates.map((gate): GateVerdict => {
    const acts = gate.stages === null || gate.stages.includes(question.stageIndex)
    if (!isCounted(gate)) return { ...judgeCondition(gate, question, failing, now), acts }
    const judged = judgeCounted(gate, question, evaluate)
    return { ...(isBlind && isTallied(gate) ? blind(judged) : judged), acts }
  })
  return {
    at: now,
    engine,
    overall: overall(gates),
    gates,
    watermark: question.watermark,
    drift,
    failing,
    throughput,
    ...(unheard === null ? {} : { unheard }),
    alarmBudget: alarmBudgetSpent(question.gates),
  }
}

/** The word of the whole: protective first; gates that only observe do not speak for it. */
export function overall(gates: Pick<GateVerdict, 'mode' | 'acts' | 'verdict'>[]): VerdictWord {
  const speaking = gates.filter((gate) => gate.mode !== 'observe' && gate.acts).map((gate) => gate.verdict)
  return precedence.find((word) => speaking.includes(word)) ?? (speaking.length === 0 ? 'pass' : 'no data')
}

/** What arrives of the canary is too little to be all: nothing passes on it, and what it proves still counts. */
function blind(judged: CountedVerdict): CountedVerdict {
  const proven = judged.verdict === 'breach' || judged.verdict === 'severe'
  return proven ? judged : { ...judged, verdict: 'blind' }
}
