// A procedure as people see it: its builds, its policy, and when the next stage of a rollout may start.
import type { Actor } from './actor.ts'
import type { AttemptRule } from './attempt-rule.ts'
import type { Freeze } from './freeze.ts'
import type { DeploymentId, ProcedureId, RolloutId } from './ids.ts'
import type { Instant } from './instant.ts'
import type { NextWindow } from './next-window.ts'
import type { Policy } from './policy.ts'

export type BuildOfProcedure = {
  id: DeploymentId
  version: string
  sha: string
  message: string
  author: string
  status: 'pending' | 'building' | 'ready' | 'failed'
  environment: 'production' | 'preview' | 'development'
  labels: string[]
  createdAt: Instant
  isActive: boolean
  /** What a rollback goes to. */
  isFormer: boolean
  /** It once ran on all stations. */
  isKnownGood: boolean
  aborted: { at: Instant; by: Actor; why: string } | null
  notEligible: string | null
}

export type PolicyInForce = {
  effective: Policy
  /** Counts changes of the procedure's own; 0: it has none. */
  version: number
  changed: { by: Actor; at: Instant; why: string | null } | null
  /** Those in force and those to come. */
  freezes: (Freeze & { inForce: boolean; isOfAll: boolean })[]
}

/** A rollout as it ended or as it is, or a change of the active build without one. */
export type PastOfProcedure = {
  at: Instant
  by: Actor
  what: string
  why: string | null
  rollout: { id: RolloutId; version: string; status: string } | null
}

export type ProcedureRecord = {
  id: ProcedureId
  name: string
  identifier: string | null
  zone: string
  attemptRule: AttemptRule
  repository: string | null
  productionBranch: string
  autoPush: boolean
  timeLimitSeconds: number
  revertLimitMinutes: number
  createdAt: Instant
  stationCount: number
  live: { id: RolloutId; status: string; version: string; stageIndex: number; stageCount: number } | null
  builds: BuildOfProcedure[]
  /** How many there are; the newest are listed, and those that stations are asked to run. */
  buildCount: number
  past: PastOfProcedure[]
  policy: PolicyInForce
  window: NextWindow
}
