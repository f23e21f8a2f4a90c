// Every gate, judged on the same counts; none is hidden by another.

import type { StationId } from '../ids.ts'
import type { Instant } from '../instant.ts'
import type { Acceptance, Breach } from '../rollout/state.ts'
import type { Drift } from '../statistics/base-drift.ts'
import { type CanaryEvaluation, evaluateCanary } from '../statistics/evaluate-canary.ts'
import { runsToDecision } from '../statistics/runs-to-decision.ts'
import type { StationTally } from '../statistics/station-tally.ts'
import type { DriftNoise } from './drift-noise.ts'
import type { Gate, GateMetric } from './gate.ts'
import type { GateVerdict, Verdict, VerdictWord } from './verdict.ts'

/** The method's name in stored verdicts: raised whenever the same counts could give another verdict. */
export const engine = 'station-baselined beta-binomial e-process 1'

export type GateCounts = { units: number; bad: number; runs: number; errors: number; timeouts: number }
export type GateStation = { id: StationId; arm: 'canary' | 'base'; past: GateCounts; since: GateCounts }

export type GateQuestion = {
  gates: Gate[]
  stations: GateStation[]
  /** Evidence that named people accepted: the gate goes on from there. */
  accepted: Acceptance[]
  /** Breaches that are open: the word stays until the evidence is gone, not only below its line. */
  open: Pick<Breach, 'metric' | 'severity'>[]
  /** First attempts, or runs, that the stage asks for before a pass may be read off the posterior. */
  target: number
  /** The stage has lasted as long as it may: what is not decided by now is for a person. */
  overdue: boolean
  /** Shared drift per metric when base still ran. */
  previousDrift: Verdict['drift']
  /** Per metric, how much stations wander by themselves; the method's floor where it is not known. */
  driftNoise: DriftNoise
  watermark: Verdict['watermark']
}

/** Defined for any counts; never throws and never yields NaN. */
export function evaluateGates(question: GateQuestion, now: Instant): Verdict {
  const drift: Verdict['drift'] = { ...question.previousDrift }
  const gates = question.gates.map((gate) => {
    const tallies = question.stations.map((station) => tallyFor(gate.metric, station))
    const previous = question.previousDrift[gate.metric]
    const evaluation = evaluateCanary(
      withPast(tallies),
      optionsOf(gate, previous, question.driftNoise[gate.metric]),
    )
    // Kept as it was while base still ran: growing it at every look would widen it without end.
    if (tallies.some((tally) => tally.arm === 'base' && tally.runs > 0)) drift[gate.metric] = evaluation.drift
    return gateVerdict(gate, tallies, evaluation, question)
  })
  return { at: now, engine, overall: overall(gates), gates, watermark: question.watermark, drift }
}

/**
 * A new procedure has no past: then what base does in the same time stands in for it, and the canary stations are
 * judged as stations of that fleet. Without this the expected rate would be the method's own starting point, a half.
 */
function withPast(tallies: StationTally[]): StationTally[] {
  const past = tallies.reduce((sum, tally) => sum + tally.pastRuns, 0)
  if (past >= leastBase) return tallies
  return tallies.map((tally) =>
    tally.arm === 'canary'
      ? tally
      : {
          ...tally,
          pastRuns: tally.pastRuns + tally.runs,
          pastBad: tally.pastBad + tally.bad,
          runs: 0,
          bad: 0,
        },
  )
}

/** The word of the whole: protective first; gates that only observe do not speak for it. */
export function overall(gates: Pick<GateVerdict, 'mode' | 'verdict'>[]): VerdictWord {
  const speaking = gates.filter((gate) => gate.mode !== 'observe').map((gate) => gate.verdict)
  return precedence.find((word) => speaking.includes(word)) ?? (speaking.length === 0 ? 'pass' : 'no data')
}

const precedence: VerdictWord[] = ['severe', 'breach', 'blind', 'no data', 'grey', 'wait', 'pass']

function tallyFor(metric: GateMetric, station: GateStation): StationTally {
  const [pastRuns, pastBad] = pair(metric, station.past)
  const [runs, bad] = pair(metric, station.since)
  return { id: station.id, arm: station.arm, pastRuns, pastBad, runs, bad }
}

/** First-pass yield counts units by their first attempt; error and timeout rates count runs. */
function pair(metric: GateMetric, counts: GateCounts): [number, number] {
  switch (metric) {
    case 'first-pass yield':
      return [counts.units, counts.bad]
    case 'error rate':
      return [counts.runs, counts.errors]
    case 'timeout rate':
      return [counts.runs, counts.timeouts]
  }
}

function optionsOf(gate: Gate, previousDrift: Drift | undefined, driftNoise: number | undefined) {
  return {
    alpha: gate.alpha,
    marginRelative: gate.marginRelative,
    marginPoints: gate.marginPoints,
    ...(previousDrift ? { previousDrift } : {}),
    ...(driftNoise === undefined ? {} : { driftNoise }),
  }
}

function gateVerdict(
  gate: Gate,
  tallies: StationTally[],
  evaluation: CanaryEvaluation,
  question: GateQuestion,
): GateVerdict {
  const canary = armCount(tallies, 'canary')
  const base = armCount(tallies, 'base')
  const known = { metric: gate.metric, mode: gate.mode, canary, base, logThreshold: Math.log(1 / gate.alpha) }
  if (evaluation.status === 'no data')
    return {
      ...known,
      verdict: 'no data',
      expectedRate: evaluation.expectedRate,
      difference: null,
      differenceLow: null,
      differenceHigh: null,
      toleratedRate: tolerated(gate, evaluation.expectedRate),
      logEvidence: 0,
      probabilityWorse: null,
      probabilityUnacceptable: null,
      countsToVerdict: null,
      headline: `${gate.metric}: no canary runs counted yet`,
    }
  const accepted = question.accepted.find((acceptance) => acceptance.metric === gate.metric)?.logEvidence ?? 0
  const logEvidence = evaluation.logEvidence - Math.max(0, accepted)
  const compared = tallies.reduce(
    (sum, tally) => sum + tally.pastRuns + (tally.arm === 'base' ? tally.runs : 0),
    0,
  )
  const word = wordOf(gate, evaluation, logEvidence, compared, question)
  const toleratedRate = tolerated(gate, evaluation.expectedRate)
  return {
    ...known,
    verdict: word,
    expectedRate: evaluation.expectedRate,
    difference: evaluation.observedRate - evaluation.expectedRate,
    differenceLow: evaluation.lowerRateDelta,
    differenceHigh: evaluation.upperRateDelta,
    toleratedRate,
    logEvidence,
    probabilityWorse: evaluation.probabilityWorse,
    probabilityUnacceptable: evaluation.probabilityUnacceptable,
    countsToVerdict: countsToVerdict(gate, evaluation, logEvidence, toleratedRate),
    headline:
      compared < leastBase
        ? `${gate.metric}: only ${compared} counts of base to compare with, expected at least ${leastBase}`
        : headline(gate.metric, evaluation.observedRate, evaluation.expectedRate, evaluation.units),
  }
}

type Judged = Extract<CanaryEvaluation, { status: 'judged' }>

function wordOf(
  gate: Gate,
  evaluation: Judged,
  logEvidence: number,
  compared: number,
  question: GateQuestion,
): VerdictWord {
  const breached = logEvidence >= Math.log(1 / gate.alpha) && evaluation.bad >= 3
  const latched = logEvidence >= 0 ? question.open.find((breach) => breach.metric === gate.metric) : undefined
  if (breached && evaluation.probabilitySevere >= 0.9) return 'severe'
  if (latched) return latched.severity
  if (breached) return 'breach'
  // Without anything of base the expected rate is the method's own starting point: no build passes against that.
  if (compared < leastBase) return question.overdue ? 'grey' : 'wait'
  const proven = evaluation.logEvidenceOfPass >= Math.log(10)
  // A guard needs less: what it guards against is rare, and yield counts the same failures.
  const doubt = gate.metric === 'first-pass yield' ? 0.2 : 0.5
  const likely = evaluation.units >= question.target && evaluation.probabilityUnacceptable <= doubt
  if (proven || likely) return 'pass'
  return question.overdue ? 'grey' : 'wait'
}

/** Counts of base, past and concurrent together, below which nothing is passed. */
const leastBase = 30

function tolerated(gate: Gate, expectedRate: number): number {
  return Math.min(Math.max(expectedRate * gate.marginRelative, expectedRate + gate.marginPoints), 1)
}

function countsToVerdict(
  gate: Gate,
  evaluation: Judged,
  logEvidence: number,
  toleratedRate: number,
): number | null {
  if (evaluation.posteriorRate <= toleratedRate) return null
  const more = runsToDecision({
    alpha: gate.alpha,
    logEvidence,
    assumedRate: evaluation.posteriorRate,
    toleratedRate,
  })
  return Number.isFinite(more) ? Math.min(Math.ceil(more), 1_000_000_000) : null
}

function armCount(tallies: StationTally[], arm: 'canary' | 'base'): GateVerdict['canary'] {
  const counted = tallies.filter((tally) => tally.arm === arm && tally.runs > 0)
  const n = counted.reduce((sum, tally) => sum + tally.runs, 0)
  const bad = counted.reduce((sum, tally) => sum + tally.bad, 0)
  return { stations: counted.length, n, bad, rate: n === 0 ? null : bad / n }
}

/** People read yield as the share that passes, errors and timeouts as the share that fails. */
function headline(metric: GateMetric, observed: number, expected: number, n: number): string {
  const shown = (rate: number) => `${((metric === 'first-pass yield' ? 1 - rate : rate) * 100).toFixed(1)} %`
  const points = (metric === 'first-pass yield' ? expected - observed : observed - expected) * 100
  const sign = points < 0 ? '−' : '+'
  const counted = metric === 'first-pass yield' ? 'first attempts' : 'runs'
  return `${metric} ${shown(observed)} against expected ${shown(expected)}, ${sign}${Math.abs(points).toFixed(1)} points on ${n} ${counted}`
}
