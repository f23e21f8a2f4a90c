// One stage replayed as if a build had gone to its canary then: what the gates would have said, asked over and over.
import { countings } from '../gates/counting.ts'
import { evaluateGates } from '../gates/evaluate-gates.ts'
import type { CountedGate } from '../gates/gate.ts'
import { type GateQuestion, noConditions } from '../gates/question.ts'
import type { GateVerdict } from '../gates/verdict.ts'
import type { StationId } from '../ids.ts'
import type { Instant } from '../instant.ts'
import type { HistoryRun } from './history.ts'
import { looks } from './looks.ts'
import type { FrozenPast } from './past-at.ts'
import { isOver, type ReplayedStage } from './replayed-stages.ts'
import { sinceStart } from './since-start.ts'

export type Replay = {
  gates: CountedGate[]
  stage: ReplayedStage
  at: Instant
  past: FrozenPast
  canary: ReadonlySet<StationId>
  /** Of all its stations from `at` on, in the order of their starts. */
  runs: HistoryRun[]
  /** Canary first attempts that are taken as failed, whatever they were. */
  isTurned: (run: HistoryRun) => boolean
  /** After every so many canary runs all gates are asked. */
  lookEvery: number
}

export type Replayed = {
  /** Names of the gates that stopped it, all at one look; none: it was never stopped. */
  stoppedBy: string[]
  /** Canary first attempts counted until it was stopped, or else until the stage was over. */
  firstAttempts: number
  /** When that was. */
  until: Instant
}

/** A stop is final: a breach is latched. Runs count in the order of their starts, as the watermark has them counted. */
export function replayed(replay: Replay): Replayed {
  const { gates, stage, at, past, canary, runs, isTurned, lookEvery } = replay
  const armOf = (run: HistoryRun) => (canary.has(run.stationId) ? 'canary' : 'base')
  const counts = sinceStart({ asked: countings(gates), past, armOf, isTurned })
  const looking = looks(gates, lookEvery)
  let previous: GateQuestion['previous'] = null
  let firstAttempts = 0
  let until = at
  for (const run of runs) {
    if (isOver(stage, at, run.startedAt, firstAttempts)) break
    const bad = counts.count(run)
    if (armOf(run) !== 'canary') continue
    until = run.startedAt
    if (run.isFirstAttempt) firstAttempts += 1
    const due = looking.due(bad, counts.canaryBad)
    if (due.length === 0) continue
    const asked = { gates: due, stations: counts.stations(countings(due).map(({ key }) => key)) }
    const verdict = evaluateGates({ ...question(replay), ...asked, previous }, until)
    const stoppedBy = verdict.gates.filter(stops).map(({ name }) => name)
    if (stoppedBy.length > 0) return { stoppedBy, firstAttempts, until }
    looking.seen(verdict.gates)
    previous = verdict
  }
  return { stoppedBy: [], firstAttempts, until }
}

export function stops({ acts, mode, verdict }: GateVerdict): boolean {
  return acts && mode !== 'observe' && (verdict === 'breach' || verdict === 'severe')
}

/** What is the same at every look. Conditions are not kept, so none can be replayed. */
export function question({
  stage,
  past,
}: Pick<Replay, 'past'> & {
  stage: Pick<ReplayedStage, 'index' | 'firstAttempts'>
}): Omit<GateQuestion, 'gates' | 'stations' | 'previous'> {
  return {
    stageIndex: stage.index,
    expectedYieldChange: 0,
    names: {},
    conditions: noConditions,
    accepted: [],
    open: [],
    target: stage.firstAttempts,
    passes: 'likely',
    growth: 1,
    overdue: false,
    driftNoise: past.driftNoise,
    watermark: { canary: 0, base: 0 },
  }
}
