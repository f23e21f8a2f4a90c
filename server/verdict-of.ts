// What the gates say of a rollout at this moment, on the counts as they are stored.
import { stationClocks } from '../db/arm-counts.ts'
import type { Db } from '../db/client.ts'
import { stationNames } from '../db/heartbeats.ts'
import { procedureById } from '../db/registry.ts'
import type { LoadedRollout } from '../db/rollout-storage.ts'
import { conditionsOf } from './conditions.ts'
import { evaluateGates } from './domain/gates/evaluate-gates.ts'
import { roundedStations } from './domain/gates/kept-question.ts'
import type { GateQuestion } from './domain/gates/question.ts'
import type { Verdict } from './domain/gates/verdict.ts'
import { type Instant, minute } from './domain/instant.ts'
import { stationsOfStage } from './domain/rollout/decide-staging.ts'
import { type Completed, canaryStations, isRunning, type Running } from './domain/rollout/state.ts'
import { watermarks } from './domain/watermark.ts'
import { gateStationsOf } from './gate-stations.ts'

export async function verdictOf(
  tx: Db,
  state: Running | Completed,
  loaded: LoadedRollout,
  now: Instant,
): Promise<{ verdict: Verdict; question: GateQuestion }> {
  const procedure = await procedureById(tx, state.procedureId)
  const clocks = await stationClocks(tx, state.procedureId, state.id)
  const marks = watermarks(state, clocks, loaded.pasts, (procedure?.timeLimitSeconds ?? 3600) * 1000, now)
  const stage = state.plan.stages[state.stageIndex]
  const question: GateQuestion = {
    gates: state.plan.gates,
    stageIndex: state.stageIndex,
    expectedYieldChange: state.plan.expectedYieldChange,
    stations: roundedStations(await gateStationsOf(tx, state, marks)),
    names: await stationNames(tx, state.procedureId, state.id),
    conditions: await conditionsOf(tx, state, loaded.pasts, now),
    accepted: 'accepted' in state ? state.accepted : [],
    open: state.breaches.filter((breach) => breach.closed === null),
    target: stage?.soak.firstAttempts ?? 0,
    passes: state.plan.passes,
    growth: growth(state),
    overdue: isRunning(state) && isOverdue(state, now),
    previous: loaded.verdict,
    driftNoise: loaded.driftNoise,
    watermark: marks,
  }
  return { verdict: evaluateGates(question, now), question }
}

/** A stage that has lasted this many times its soak without a pass is for a person to decide. */
const overdueFactor = 3

function isOverdue(state: Running, now: Instant): boolean {
  const soakMinutes = state.plan.stages[state.stageIndex]?.soak.minutes ?? 0
  const longest = state.plan.longestStageMinutes ?? overdueFactor * soakMinutes
  return longest > 0 && now - state.stageStartedAt > longest * minute
}

/** Canary stations after an advance for each one now. */
function growth(state: Running | Completed): number {
  if (state.stageIndex + 1 >= state.plan.stages.length) return 1
  const taken = canaryStations(state).length
  return taken === 0 ? 1 : (taken + stationsOfStage(state, state.stageIndex + 1).length) / taken
}
