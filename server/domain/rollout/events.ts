// What happened to a rollout. `evolve` folds them into the state; they are the record an auditor reads.
import type { Actor } from '../actor.ts'
import type { GateMode } from '../gates/gate.ts'
import type { SeenEvidence } from '../gates/verdict.ts'
import type { DeploymentId, ProcedureId, RolloutId, StationId } from '../ids.ts'
import type { Instant } from '../instant.ts'
import type { Plan } from '../plan.ts'
import type { TimeRange } from '../time-range.ts'
import type { Breach, PauseReason, ServicePause, Trouble } from './state.ts'

type By = { by: Actor; at: Instant }
/** What was not met and passed over, and what the gates showed at that moment. */
type Overriding = { override: string[]; evidence: SeenEvidence[] }

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
    /** All else is there: approvers are asked. `stageIndex` null: for the start. */
    | { type: 'ApprovalAsked'; stageIndex: number | null }
    | { type: 'ApprovalReminded'; stageIndex: number | null }
    | { type: 'RolloutStarted' }
    | { type: 'StageStarted'; stageIndex: number; stations: StationId[] }
    | { type: 'StageWentLive'; stageIndex: number }
    /**
     * The service was away while the stage soaked, or (`why`) heard of no station: nobody measured it meanwhile, so the
     * time does not count.
     */
    | ({ type: 'StageUnmeasured'; stageIndex: number; why?: string } & TimeRange)
    /** Runs that arrived later prove that its stations tested in a part of that time: it counts after all. */
    | ({ type: 'StageMeasured'; stageIndex: number } & TimeRange)
    /** `evidence`: what the gates showed at that moment; absent in records from before it was kept. */
    | { type: 'StageApproved'; stageIndex: number; evidence?: SeenEvidence[] }
    | ({ type: 'StageAdvanced'; from: number; to: number; why: string | null } & Overriding)
    | ({ type: 'StageSet'; from: number; plan: Plan; to: number; why: string } & Overriding)
    | {
        type: 'StageUndone'
        from: number
        to: number
        stations: StationId[]
        why: string
        soakedMs: number
        soakedShifts: number
      }
    /** `isUnheard`: blind since nothing is heard of any station, not of some of them. */
    | { type: 'RolloutPaused'; reason: PauseReason; why: string; isUnheard?: boolean }
    /** `lifted`: a person goes on although the service holds; it does not hold for that again in this stage. */
    | { type: 'RolloutResumed'; why: string | null; lifted?: ServicePause }
    | {
        type: 'BreachOpened'
        gate: string
        mode: GateMode
        severity: 'breach' | 'severe'
        logEvidence: number
        headline: string
        details: string[]
        suspect: Breach['suspect']
      }
    | { type: 'BreachWorsened'; gate: string; logEvidence: number; headline: string }
    | { type: 'BreachAcknowledged'; gate: string; logEvidence: number; why: string; evidence: SeenEvidence[] }
    /** Nobody has answered in time: the second group is called. */
    | { type: 'BreachEscalated'; gate: string }
    | { type: 'BreachRecovered'; gate: string; headline: string }
    | { type: 'StationServed'; stationId: StationId }
    | { type: 'StationPulled'; stationId: StationId }
    | { type: 'StationConfirmed'; stationId: StationId }
    | { type: 'StationTroubled'; stationId: StationId; trouble: Trouble }
    | { type: 'StationCleared'; stationId: StationId }
    | { type: 'StationWaived'; stationId: StationId; why: string }
    | { type: 'StationJoined'; stationId: StationId }
    | { type: 'StationLeft'; stationId: StationId; why: string }
    /** Back on base, and in neither arm until it joins again. */
    | { type: 'StationExcluded'; stationId: StationId; why: string }
    | { type: 'StationExposedAgain'; stationId: StationId }
    | { type: 'StationReverted'; stationId: StationId }
    /** Units that failed are to be tested again on the other build: two in each pair, one of each arm. */
    | { type: 'RetestsAsked'; pairs: number; units: number }
    /** Changes of limits that nobody declared, found in this stage. `ids`: of all; `words`: of the first ones. */
    | { type: 'ChangesFound'; stageIndex: number; ids: string[]; words: string[] }
    /** A person's word that these changes are meant. */
    | { type: 'ChangesAccepted'; words: string[]; why: string }
    /** What its author says of the build's phases and limits was changed while the rollout was live. */
    | { type: 'DefinitionDeclared' }
    | { type: 'RolloutAborted'; why: string; wayBack: DeploymentId[] }
    | { type: 'AbortFinished' }
    | ({ type: 'RolloutCompleted'; why: string | null } & Overriding)
    | {
        type: 'WatchAlarmed'
        gate: string
        severity: 'breach' | 'severe'
        logEvidence: number
        headline: string
      }
  )
