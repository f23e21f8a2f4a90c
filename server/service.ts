// The one object of functions through which every door (Slack, HTTP, pages) reads and commands rollouts.
import type { Actor } from './domain/actor.ts'
import type { DeploymentId, ProcedureId, RolloutId, StationId } from './domain/ids.ts'
import type { Group, Plan, PlanInput } from './domain/plan.ts'
import type { Against, Refusal } from './domain/rollout/commands.ts'
import type { RolloutEvent } from './domain/rollout/events.ts'
import type { DeploymentSummary, RolloutLine, RolloutView } from './domain/rollout-view.ts'

/** A command that went through: the rollout after it, what it did in one sentence, and the events it made. */
export type Done = { rollout: RolloutView; did: string; events: RolloutEvent[] }
export type Outcome = Done | Refusal

export type StartInput = {
  procedureId: ProcedureId
  deploymentId: DeploymentId
  /** A preset's plan or a custom one, as `plan` parses it. */
  plan: PlanInput
  reason: string | null
  startAt?: number | null
  retryOf?: RolloutId | null
}

/** Which stations each stage of a plan would take, before anything is started. */
export type StagePreview = {
  plan: Plan
  stationCount: number
  stages: { label: string; stations: { id: StationId; name: string; site: string; line: string }[] }[]
  /** Linked stations that would not take part, and why. */
  leftOut: { name: string; why: string }[]
}

export type ProcedureSummary = {
  id: ProcedureId
  name: string
  /** Slack channel of its cards. */
  channel: string | null
  activeDeployment: DeploymentSummary | null
  stationCount: number
  sites: string[]
  lines: string[]
  tags: string[]
  live: RolloutLine | null
  autoPush: boolean
  soakMinutes: number | null
}

export type DeploymentLine = DeploymentSummary & {
  status: 'pending' | 'building' | 'ready' | 'failed'
  environment: 'production' | 'preview' | 'development'
  createdAt: number
  /** Why it cannot be rolled out now; null when it can. */
  notEligible: string | null
}

export type RolloutVerb =
  | { verb: 'approve' }
  | { verb: 'advance'; why?: string | null; override?: boolean }
  | { verb: 'set'; share: number; why: string; override?: boolean }
  | { verb: 'pause'; why: string }
  | { verb: 'resume'; why?: string | null }
  | { verb: 'abort'; why: string }
  | { verb: 'undo'; why: string }
  | { verb: 'waive'; stationId: StationId; why: string }
  | { verb: 'acknowledge'; gate: string; why: string }

export type Service = {
  start(input: StartInput, by: Actor, commandId?: string): Promise<Outcome>
  /** `commandId`: the same id twice is one command (a repeated click, a repeated request). */
  command(
    id: RolloutId,
    verb: RolloutVerb,
    by: Actor,
    against?: Against,
    commandId?: string,
  ): Promise<Outcome>
  retry(id: RolloutId, why: string, by: Actor, commandId?: string): Promise<Outcome>
  supersede(id: RolloutId, input: StartInput, by: Actor, commandId?: string): Promise<Outcome>
  rollback(
    procedureId: ProcedureId,
    deploymentId: DeploymentId,
    why: string,
    by: Actor,
  ): Promise<{ did: string } | Refusal>
  /** With the deployment the preview names the very stations that a start would take. */
  preview(
    procedureId: ProcedureId,
    plan: PlanInput,
    deploymentId?: DeploymentId | null,
  ): Promise<StagePreview | Refusal>

  get(id: RolloutId): Promise<RolloutView | null>
  list(filter?: { live?: boolean; procedureId?: ProcedureId; limit?: number }): Promise<RolloutLine[]>
  events(id: RolloutId): Promise<(RolloutEvent & { sequence: number })[]>

  procedures(search?: string): Promise<ProcedureSummary[]>
  /** By id or, case-insensitively, by name. */
  procedure(idOrName: string): Promise<ProcedureSummary | null>
  deployments(procedureId: ProcedureId, search?: string): Promise<DeploymentLine[]>
  /** By id, version or the start of its commit sha. */
  deployment(procedureId: ProcedureId, idOrVersion: string): Promise<DeploymentLine | null>
  group(procedureId: ProcedureId, words: string): Promise<Group | Refusal>
}

/** What is kept of each Slack message: where it is and what it last showed. */
export type SlackPost = { channel: string; ts: string; contentHash: string; updatedAt: number }
export type SlackPosts = {
  find(key: string): Promise<SlackPost | null>
  save(key: string, post: SlackPost): Promise<void>
}

/** A delivery to Slack: queued in the transaction of the decision, repeated until done. */
export type Delivery =
  /** Draw the card of this stage from the current state; posting it when it is not there yet. */
  | { kind: 'card'; rolloutId: RolloutId; stageIndex: number }
  /** Say this event in the thread of its stage's card, once. */
  | { kind: 'thread'; rolloutId: RolloutId; sequence: number }
export type DeliveryResult = { delivered: true } | { delivered: false; waitSeconds: number; why: string }
