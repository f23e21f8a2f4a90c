// A rollout as it is learned from: what its record tells of alarms, decisions and its end, without its stations.
import type { Actor } from '../actor.ts'
import type { GateMetric, GateMode } from '../gates/gate.ts'
import type { DeploymentId, ProcedureId, RolloutId } from '../ids.ts'
import type { Instant } from '../instant.ts'
import type { RolloutState } from '../rollout/state.ts'

/** What is read of the record: alarms of gates, how each was answered, and the end. */
export type ToldEvent = { at: Instant; by: Actor } & (
  | { type: 'BreachOpened'; gate: string; mode: GateMode }
  | { type: 'BreachAcknowledged'; gate: string }
  | { type: 'BreachRecovered'; gate: string }
  | { type: 'RolloutAborted'; why: string; wayBack: DeploymentId[] }
  | { type: 'AbortFinished' }
  | { type: 'RolloutCompleted'; why: string | null }
  | { type: 'WatchAlarmed'; gate: string }
)

export type ToldRollout = {
  id: RolloutId
  procedureId: ProcedureId
  deploymentId: DeploymentId
  baseDeploymentId: DeploymentId
  status: RolloutState['status']
  /** What its change is about. */
  labels: string[]
  /** Of the stations that it took. */
  sites: string[]
  /** The gates of its plan. */
  gates: { name: string; metric: GateMetric }[]
  createdAt: Instant
  /** When the first station may have run the new build. */
  exposedAt: Instant | null
  /** When the last station was proven back, of an abort that is finished. */
  revertedAt: Instant | null
  /** First to last. */
  events: ToldEvent[]
  /** Natural logarithm of the evidence of units tested on both builds; null where none were. */
  pairedLogEvidence: number | null
  /** The difference of bad first attempts that the last verdict saw; null where no gate compares yield. */
  excess: { estimate: number; low: number; high: number } | null
  /** First attempts from the exposure to the first breach: of all its stations, and on the new build. */
  exposure: { units: number; canaryUnits: number } | null
}

/** A build was taken back after it had gone everywhere. */
export type ToldRollback = {
  procedureId: ProcedureId
  from: DeploymentId
  at: Instant
  /** Milliseconds until its last station was proven back; null while one is out. */
  lastMs: number | null
}
