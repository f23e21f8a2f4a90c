// What happened to a rollout. `evolve` folds them into the state; they are the record an auditor reads.
import type { Actor } from '../actor.ts'
import type { DeploymentId, ProcedureId, RolloutId, StationId } from '../ids.ts'
import type { Instant } from '../instant.ts'
import type { Plan } from '../plan.ts'
import type { PauseReason, Trouble } from './state.ts'

type By = { by: Actor; at: Instant }

export type RolloutEvent = By &
  (
    | {
        type: 'RolloutCreated'
        rolloutId: RolloutId
        procedureId: ProcedureId
        deploymentId: DeploymentId
        baseDeploymentId: DeploymentId
        plan: Plan
        order: StationId[]
        startAt: Instant | null
        retryOf: RolloutId | null
        why: string | null
      }
    | { type: 'StartApproved' }
    | { type: 'RolloutStarted' }
    | { type: 'StageStarted'; stageIndex: number; stations: StationId[] }
    | { type: 'StageWentLive'; stageIndex: number }
    | { type: 'StageApproved'; stageIndex: number }
    | { type: 'StageAdvanced'; from: number; to: number; why: string | null; override: string[] }
    | { type: 'StageSet'; from: number; plan: Plan; to: number; why: string; override: string[] }
    | { type: 'StageUndone'; from: number; to: number; stations: StationId[]; why: string; soakedMs: number }
    | { type: 'RolloutPaused'; reason: PauseReason; why: string }
    | { type: 'RolloutResumed'; why: string | null }
    | {
        type: 'BreachOpened'
        gate: string
        severity: 'breach' | 'severe'
        logEvidence: number
        headline: string
      }
    | { type: 'BreachWorsened'; gate: string; logEvidence: number; headline: string }
    | { type: 'BreachAcknowledged'; gate: string; logEvidence: number; why: string }
    | { type: 'BreachRecovered'; gate: string; headline: string }
    | { type: 'StationServed'; stationId: StationId }
    | { type: 'StationPulled'; stationId: StationId }
    | { type: 'StationConfirmed'; stationId: StationId }
    | { type: 'StationTroubled'; stationId: StationId; trouble: Trouble }
    | { type: 'StationCleared'; stationId: StationId }
    | { type: 'StationWaived'; stationId: StationId; why: string }
    | { type: 'StationJoined'; stationId: StationId }
    | { type: 'StationLeft'; stationId: StationId; why: string }
    | { type: 'StationExposedAgain'; stationId: StationId }
    | { type: 'StationReverted'; stationId: StationId }
    | { type: 'RolloutAborted'; why: string; wayBack: DeploymentId[] }
    | { type: 'AbortFinished' }
    | { type: 'RolloutCompleted'; why: string | null; override: string[] }
  )
