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
import { logEvidenceOfPass } from './evidence-of-pass.ts'
import { type CountedGate, type Gate, isMeasured } from './gate.ts'
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
  const { tallies, judged, evaluation, options } = evaluated
  if (evaluation.status === 'no data')
    return { ...nothingCounted(gate, tallies, question), expectedRate: evaluation.expectedRate }
  const compared = comparedCounts(judged)
  const logEvidence = evaluation.logEvidence - acceptedEvidence(gate, question)
  const ofPass = logEvidenceOfPass(evaluation, options)
  const word = wordOf(gate, { ...evaluation, logEvidence, logEvidenceOfPass: ofPass, compared }, question)
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

/** What of a question the settings of a gate depend on. */
type Asked = Pick<GateQuestion, 'gates' | 'expectedYieldChange'>

/**
 * What is declared comes on top of the points that are tolerated; a rise that is declared makes nothing stricter. What
 * is tolerated is never unacceptable, and what is severe lies at least twice as far as what is tolerated: else every
 * breach of a generous gate would be severe.
 */
export function optionsOf(gate: ComparedGate, question: Asked): EvaluationOptions {
  const { alpha, marginRelative, marginPoints, severeRelative, severePoints } = gate
  const declared = gate.metric === 'first-pass yield' ? Math.max(0, -question.expectedYieldChange) : 0
  return {
    alpha,
    marginRelative,
    marginPoints: marginPoints + declared,
    // Half of the runs are beyond a median: twice as many are all of them, and would pass nearly anything.
    unacceptableRelative: isMeasured(gate)
      ? marginRelative
      : Math.max(usualUnacceptable.relative, marginRelative),
    unacceptablePoints: Math.max(usualUnacceptable.points, marginPoints) + declared,
    severeRelative: Math.max(severeRelative, 2 * marginRelative - 1),
    severePoints: Math.max(severePoints, 2 * marginPoints) + 2 * declared,
    ...gainOptions(gate, question),
  }
}

/** Asked together, so that one curve answers both gates. */
function gainOptions(gate: ComparedGate, question: Asked): EvaluationOptions {
  if (!isComparedYield(gate)) return {}
  const rise = question.gates.find((other) => other.metric === 'first-pass yield rise')
  if (rise?.metric !== 'first-pass yield rise') return {}
  return { gainPoints: rise.marginPoints + Math.max(0, question.expectedYieldChange), gainAlpha: rise.alpha }
}

export function isComparedYield(gate: Gate): gate is Extract<CountedGate, { metric: 'first-pass yield' }> {
  return gate.metric === 'first-pass yield' && gate.comparison === 'base'
}

const usualUnacceptable = { relative: 2, points: 0.005 }

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
