// The rollout as it stands: a union on `status`, each member holding only what is true in it.
import type { Actor } from '../actor.ts'
import type { GateMode } from '../gates/gate.ts'
import type { DeploymentId, ProcedureId, RolloutId, StationId } from '../ids.ts'
import type { Instant } from '../instant.ts'
import type { Plan } from '../plan.ts'
import { fullShifts } from '../shifts.ts'
import type { TimeRange } from '../time-range.ts'
import { without } from './measured.ts'

export type RolloutState = Pending | Active | Paused | Aborting | Aborted | Completed
export type Running = Active | Paused
/** All that a rollout is but its stations, of which there may be thousands. */
export type WithoutStations<State = RolloutState> = State extends unknown ? Omit<State, 'stations'> : never

/** A person's or the service's decision, kept so that a stale click can be told who was first. */
export type Decision = { what: string; by: Actor; at: Instant; why: string | null }

type Always = {
  id: RolloutId
  procedureId: ProcedureId
  deploymentId: DeploymentId
  baseDeploymentId: DeploymentId
  plan: Plan
  /** Frozen at the start; stations that join later are appended. */
  order: StationId[]
  stations: Record<StationId, StationProgress>
  /** Counts decisions, not station facts: what a button was drawn against. */
  version: number
  owner: Actor
  reason: string | null
  retryOf: RolloutId | null
  createdAt: Instant
  lastDecision: Decision
}

type Staged = {
  stageIndex: number
  startedAt: Instant
  stageStartedAt: Instant
  /** Since when all stations of the stage are confirmed or waived; null while one is missing. */
  liveSince: Instant | null
  /** Soak gathered before `soakingSince`, in milliseconds. */
  soakedMs: number
  /** The soak clock runs since then; null while it stands. */
  soakingSince: Instant | null
  /** Full shifts soaked before `soakingSince`. */
  soakedShifts: number
  /** Times of this stage in which the service was away while it soaked, and no runs have proven it since: they do not count. */
  unmeasured?: TimeRange[]
  approvals: Approval[]
  asked: Asked | null
  breaches: Breach[]
  accepted: Acceptance[]
  /** Pauses by the service that a person lifted: not again in this stage. */
  lifted: ServicePause[]
  /** Changes of limits that nobody had declared when they were found: each holds the stage it was found in. */
  changesFound?: FoundChange[]
  /** How each stage came to be, oldest first; `undo` takes the last one back. */
  stageHistory: StageEntry[]
}

export type FoundChange = { id: string; stageIndex: number }
export type Approval = { by: Actor; at: Instant }
/** Since when approvers are asked: all else that the stage, or the start, needs is there. */
export type Asked = { at: Instant; remindedAt: Instant | null }
/** Evidence a named person accepted: it does not stop the rollout again, more of it does. */
export type Acceptance = { gate: string; logEvidence: number; by: Actor; at: Instant; why: string }
export type Breach = {
  gate: string
  /** `observe`: it is told and kept, and holds nothing up. */
  mode: GateMode
  severity: 'breach' | 'severe'
  openedAt: Instant
  logEvidence: number
  headline: string
  details: string[]
  /** The canary station that speaks loudest, and whether it is suspected before the build. */
  suspect: { stationId: StationId; isSuspected: boolean } | null
  acknowledged: { by: Actor; at: Instant; why: string } | null
  /** When the second group was called, because nobody had answered. */
  escalatedAt: Instant | null
  closed: { at: Instant; how: 'recovered' | 'acknowledged' | 'aborted' | 'completed' } | null
}
/** `planned`: the plan's stages when this one began, so that undoing a jump brings back what it replaced. */
export type StageEntry = {
  stageIndex: number
  at: Instant
  by: Actor
  soakedMs: number
  soakedShifts: number
  planned: Pick<Plan, 'preset' | 'stages'>
}

/** What the watch after completion found: told once, and once more when it turns severe. */
export type WatchAlarm = {
  gate: string
  severity: 'breach' | 'severe'
  at: Instant
  logEvidence: number
  headline: string
}

/** Pauses that the service makes and lifts by itself. */
export type ServicePause = 'blind' | 'window'
export type PauseReason = 'person' | 'breach' | 'blind' | 'window' | 'superseding' | 'error'

export function isRest(reason: PauseReason): reason is ServicePause {
  return reason === 'blind' || reason === 'window'
}

export type Pending = Always & {
  status: 'pending'
  startAt: Instant | null
  approvals: Approval[]
  asked: Asked | null
}
export type Active = Always & Staged & { status: 'active' }
export type Paused = Always &
  Staged & {
    status: 'paused'
    pause: { reason: PauseReason; why: string; by: Actor; at: Instant; isUnheard?: boolean }
  }
export type Aborting = Always &
  Staged & {
    status: 'aborting'
    abort: { why: string; by: Actor; at: Instant }
    /** Deployments that prove a station has left the aborted build: base, and the successor's. */
    wayBack: DeploymentId[]
  }
export type Aborted = Always & {
  status: 'aborted'
  abort: { why: string; by: Actor; at: Instant }
  endedAt: Instant
  stageIndex: number
  startedAt: Instant | null
  breaches: Breach[]
}
export type Completed = Always & {
  status: 'completed'
  endedAt: Instant
  watchUntil: Instant
  stageIndex: number
  startedAt: Instant
  breaches: Breach[]
  /** What each station's comparison with its own past has shown since. */
  alarms: WatchAlarm[]
}

/** What a station of the rollout is known to do. `exposed`: it may have run the new build. */
export type StationProgress = (
  | { status: 'queued' }
  | {
      status: 'pinned'
      stageIndex: number
      since: Instant
      /** Its assignments were answered with the pin: from then on it may run the build without a word. */
      served?: true
    }
  | { status: 'pulled'; stageIndex: number; since: Instant }
  | { status: 'confirmed'; stageIndex: number; since: Instant }
  | { status: 'reverting'; since: Instant }
  | { status: 'reverted'; since: Instant }
  | {
      status: 'left'
      since: Instant
      /** Absent where a former version wrote it. */
      why?: string
      /** Taken out of the rollout, which still cares for it: `exposed` until it has shown that it is back on base. */
      excluded?: { exposed: boolean }
    }
) & {
  trouble: Trouble | null
  waived: { by: Actor; at: Instant; why: string } | null
  /** While it was excluded, its runs count in neither arm: those that started in [from, to). */
  uncounted?: Uncounted[]
}
export type Uncounted = { from: Instant; to: Instant | null }
export type Trouble = { kind: 'stale' | 'drifted' | 'failed'; since: Instant; detail: string }

export function isRunning(state: RolloutState): state is Running {
  return state.status === 'active' || state.status === 'paused'
}

export function isTerminal(state: RolloutState): state is Aborted | Completed {
  return state.status === 'aborted' || state.status === 'completed'
}

/** A station that a stage has taken: it is to have the new build, or has it. */
export function isTaken(status: StationProgress['status'] | undefined): boolean {
  return status === 'pinned' || status === 'pulled' || status === 'confirmed'
}

/** A station that may be running the new build: it was answered with the pin, or showed the build. */
export function isExposed(station: StationProgress): boolean {
  return (
    station.status === 'pulled' ||
    station.status === 'confirmed' ||
    (station.status === 'pinned' && station.served === true) ||
    (station.status === 'left' && station.excluded?.exposed === true)
  )
}

/** Stations that have the new build, or are to have it, in the rollout's order. */
export function canaryStations(state: RolloutState): StationId[] {
  return state.order.filter((id) => isTaken(state.stations[id]?.status))
}

/** What the soak clock is read from. */
export type Soaking = Pick<Staged, 'soakedMs' | 'soakedShifts' | 'soakingSince' | 'unmeasured'> &
  Pick<Always, 'plan'>

/** Full shifts this stage has soaked through until `now`. */
export function soakedShifts(state: Soaking, now: Instant): number {
  const through = soaking(state, now).map(({ from, to }) => fullShifts(state.plan.shifts, from, to))
  return state.soakedShifts + sum(through)
}

/** Milliseconds this stage has soaked until `now`. */
export function soakedMs(state: Soaking, now: Instant): number {
  return state.soakedMs + sum(soaking(state, now).map(({ from, to }) => to - from))
}

/** Milliseconds of this stage that nobody measured. */
export function unmeasuredMs({ unmeasured = [] }: Pick<Staged, 'unmeasured'>): number {
  return sum(unmeasured.map(({ from, to }) => to - from))
}

/** What the soak clock has run through since it was last set going, without what nobody measured. */
function soaking({ soakingSince, unmeasured = [] }: Soaking, now: Instant): TimeRange[] {
  if (soakingSince === null || now <= soakingSince) return []
  return unmeasured.reduce(without, [{ from: soakingSince, to: now }])
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, each) => total + each, 0)
}

/** An open breach that holds the rollout up. */
export function blocks(breach: Breach): boolean {
  return breach.closed === null && breach.mode !== 'observe'
}
