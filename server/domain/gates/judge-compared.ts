// A gate that compares: these stations now with what their own past, the base stations and the mix lead to expect.
import { stationId } from '../ids.ts'
import type { EvaluationOptions } from '../statistics/evaluation-options.ts'
import { suspectedStation } from '../statistics/suspected-station.ts'
import {
  acceptedEvidence,
  type CountedVerdict,
  emptyVerdict,
  mixDifference,
  nothingCounted,
} from './counted-verdict.ts'
import type { Evaluated, Evaluator } from './evaluator.ts'
import type { CountedGate } from './gate.ts'
import { comparedCounts, leastBase } from './gate-tallies.ts'
import { headline } from './gate-words.ts'
import type { GateQuestion } from './question.ts'
import type { GateVerdict } from './verdict.ts'
import { countsToVerdict, wordOf } from './word-of.ts'

/** Gates with a margin: all but the rise of yield and the error budget. */
export type ComparedGate = Extract<CountedGate, { marginRelative: number }>

export function judgeCompared(
  gate: ComparedGate,
  key: string,
  question: GateQuestion,
  evaluate: Evaluator,
): CountedVerdict {
  const evaluated = evaluate(key, {
    ownPast: 'comparison' in gate && gate.comparison === 'own past',
    options: optionsOf(gate, question),
  })
  return comparedVerdict(gate, evaluated, question)
}

/** The verdict of an evaluation that was made for this gate. */
export function comparedVerdict(
  gate: CountedGate,
  evaluated: Evaluated,
  question: GateQuestion,
): CountedVerdict {
  const { tallies, evaluation, options } = evaluated
  if (evaluation.status === 'no data')
    return { ...nothingCounted(gate, tallies, question), expectedRate: evaluation.expectedRate }
  const compared = comparedCounts(tallies)
  const logEvidence = evaluation.logEvidence - acceptedEvidence(gate, question)
  const word = wordOf(gate, { ...evaluation, logEvidence, compared }, question)
  const { expectedRate, observedRate, units } = evaluation
  const toleratedRate = tolerated(options, expectedRate)
  return {
    ...emptyVerdict(gate, tallies),
    verdict: word,
    expectedRate,
    difference: observedRate - expectedRate,
    differenceLow: evaluation.lowerRateDelta,
    differenceHigh: evaluation.upperRateDelta,
    toleratedRate,
    mixDifference: mixDifference(tallies, options.mix ?? new Map(), expectedRate),
    logEvidence,
    probabilityWorse: evaluation.probabilityWorse,
    probabilityUnacceptable: evaluation.probabilityUnacceptable,
    probabilitySevere: evaluation.probabilitySevere,
    countsToVerdict: countsToVerdict(gate, evaluation, logEvidence, toleratedRate, question),
    suspect: word === 'breach' || word === 'severe' ? suspectOf(evaluated) : null,
    headline:
      compared < leastBase
        ? `${gate.name}: only ${Math.round(compared)} counts of base to compare with, expected at least ${leastBase}`
        : headline(gate, observedRate, expectedRate, units),
  }
}

/** What is declared comes on top of what is tolerated; a rise that is declared makes nothing stricter. */
export function optionsOf(gate: ComparedGate, question: GateQuestion): EvaluationOptions {
  const { alpha, marginRelative, marginPoints, severeRelative, severePoints } = gate
  const own = { alpha, marginRelative, marginPoints, severeRelative, severePoints }
  if (gate.metric !== 'first-pass yield') return own
  const declared = Math.max(0, -question.expectedYieldChange)
  return {
    ...own,
    marginPoints: marginPoints + declared,
    severePoints: severePoints + declared,
    unacceptablePoints: usualUnacceptablePoints + declared,
    ...gainOptions(gate, question),
  }
}

/** Asked together, so that one curve answers both gates. */
function gainOptions(gate: ComparedGate, question: GateQuestion): EvaluationOptions {
  const rise = question.gates.find((other) => other.metric === 'first-pass yield rise')
  if (rise?.metric !== 'first-pass yield rise' || !('comparison' in gate) || gate.comparison !== 'base')
    return {}
  return { gainPoints: rise.marginPoints + Math.max(0, question.expectedYieldChange), gainAlpha: rise.alpha }
}

const usualUnacceptablePoints = 0.005

function tolerated(options: EvaluationOptions, expectedRate: number): number {
  const { marginRelative = 1, marginPoints = 0 } = options
  return Math.min(Math.max(expectedRate * marginRelative, expectedRate + marginPoints), 1)
}

function suspectOf({ judged, options }: Evaluated): GateVerdict['suspect'] {
  const found = suspectedStation(judged, options)
  if (!found) return null
  const { logEvidenceAlone, logEvidenceOfOthers, probabilityOthersWorse, isSuspected } = found
  const id = stationId.safeParse(found.id)
  return id.success
    ? { stationId: id.data, logEvidenceAlone, logEvidenceOfOthers, probabilityOthersWorse, isSuspected }
    : null
}
