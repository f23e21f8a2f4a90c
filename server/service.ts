// The one object of functions through which every door (Slack, HTTP, pages) reads and commands rollouts.
import type { Actor } from './domain/actor.ts'
import type { RolloutOfBuild, RunsOfBuild, StationOfBuild, StatusChange } from './domain/build-record.ts'
import type { ChangesView } from './domain/definition/changes-view.ts'
import type { DefinitionInput } from './domain/definition/declared.ts'
import type { FailurePareto, ProcedureFailures } from './domain/failures/pareto.ts'
import type { SortedTrouble } from './domain/failures/station-trouble.ts'
import type { TriedRules, TriedRulesResult } from './domain/failures/tried-rules.ts'
import type { Freeze } from './domain/freeze.ts'
import type { DeploymentId, ProcedureId, RolloutId, StationId } from './domain/ids.ts'
import type { Instant } from './domain/instant.ts'
import type { Group, Plan, PlanInput } from './domain/plan.ts'
import type { OrganisationPolicy, Policy, PolicyScope, ProcedurePolicy } from './domain/policy.ts'
import type { Representativeness } from './domain/representativeness.ts'
import type { RetestSummary } from './domain/retest-summary.ts'
import type { RetestPair } from './domain/retests.ts'
import type { Reverting } from './domain/reverting.ts'
import type { Against, Refusal } from './domain/rollout/commands.ts'
import type { RolloutEvent } from './domain/rollout/events.ts'
import type { DeploymentSummary, RolloutLine, RolloutView } from './domain/rollout-view.ts'
import type { ShadowPair } from './domain/shadow-pairs.ts'
import type { ShadowSummary } from './domain/shadow-summary.ts'
import type { AlarmGroup, AlarmKind, AlarmView } from './domain/station-alarms/alarm.ts'
import type { StationState } from './domain/station-alarms/station-state.ts'
import type { TimeRange } from './domain/time-range.ts'
import type { RollbackIssued } from './roll-back.ts'
import type { ContainmentService } from './service/containment.ts'
import type { LearningService } from './service/learning.ts'
import type { LedgerService } from './service/ledger.ts'
import type { PredictedYieldService } from './service/predicted-yield.ts'
import type { RegistryService } from './service/registry.ts'
import type { ReplayService } from './service/replay.ts'

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
  stages: {
    label: string
    stations: { id: StationId; name: string; site: string; line: string }[]
    /** Expected hours from the stage's start until it can pass, nights and weekends included; null: no pace is known. */
    hoursToVerdict: number | null
    /**
     * The smallest drop of first-pass yield in sight by its soak's end: 0.021 is 2.1 points. About half of the rollouts
     * that drop so far are stopped by then, and more of those that drop further. Null: that cannot be said.
     */
    smallestDrop: number | null
  }[]
  /** Whether the first stage's stations stand for the fleet. */
  canaries: Representativeness
  /** Linked stations that would not take part, and why. */
  leftOut: { name: string; why: string }[]
  /** What is known already of what the build changes; null when nothing is, or no build was named. */
  changes: ChangesView | null
  /** Stations of the first stage of which trouble is known: silent, a clock that is off, an open alarm. */
  trouble: { id: StationId; name: string; what: string[] }[]
  /** Why a start would be refused now: outside the hours, or a freeze. Null when the first stage may begin. */
  closedBecause: string | null
}

/** What was done to a procedure: a rollout, as it ended or as it is, or a change of its active build without one. */
export type HistoryLine = {
  at: number
  by: Actor
  /** "completed the rollout of 2.5.0 after 2 days", "rolled back to 2.4.0" */
  what: string
  why: string | null
  rollout: { id: RolloutId; url: string; version: string; status: RolloutView['status'] } | null
}

export type ProcedureSummary = {
  id: ProcedureId
  name: string
  /** Slack channel of its cards. */
  channel: string | null
  /** The Slack workspace of that channel; null: the one the app was set up with. */
  team: string | null
  activeDeployment: DeploymentSummary | null
  stationCount: number
  sites: string[]
  lines: string[]
  tags: string[]
  live: RolloutLine | null
  autoPush: boolean
  soakMinutes: number | null
  /** The time zone of its factory. */
  zone: string
}

/** What a message needs to know of its procedure to find its place, without a look at its stations. */
export type ProcedureInBrief = Pick<ProcedureSummary, 'id' | 'name' | 'channel' | 'team'>

/** What came of an automatic push: the rollout that it started, or why it started none. */
export type BuildPush = { rolloutId: RolloutId; held: null } | { rolloutId: null; held: string }

export type DeploymentLine = DeploymentSummary & {
  status: 'pending' | 'building' | 'ready' | 'failed'
  environment: 'production' | 'preview' | 'development'
  /** What its change is about. */
  labels: string[]
  createdAt: number
  /** When it was made a production build, after it had been registered as another one. */
  promotedAt: number | null
  /** What its author expects of it: in words, and as a change of yield, −0.008 is 0.8 points less. */
  expectation: string | null
  expectedYieldChange: number | null
  /** Why it cannot be rolled out now; null when it can. */
  notEligible: string | null
  /** Its latest rollout was aborted. `on`: "3 May", in the procedure's zone. */
  aborted: { on: string; at: number; by: Actor; why: string } | null
  /** Null: it was not up to a push. */
  push: BuildPush | null
  /** It once ran on all stations: a rollback may go there. */
  isKnownGood: boolean
}

/** What became of a build: how it came to be, its rollouts newest first, its runs by outcome, and where it is now. */
export type BuildRecord = {
  isActive: boolean
  /** Why it cannot be rolled out now, and what to do about it. */
  notEligible: { why: string; next: string } | null
  push: BuildPush | null
  statusChanges: StatusChange[]
  rollouts: (RolloutOfBuild & { url: string })[]
  runs: RunsOfBuild
  stations: StationOfBuild[]
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

/** A policy as it was set. Gates stand as they were written, without names and alphas of their own. */
export type OwnPolicy = Omit<OrganisationPolicy | ProcedurePolicy, 'gates'> & { gates: unknown }

/** `id` is made of what it says, and stays the same whatever else changes. */
export type HeldFreeze = Freeze & { id: string; scope: PolicyScope; inForce: boolean }

export type PolicyView = {
  scope: PolicyScope
  /** Counts changes; 0 while nobody has set it. */
  version: number
  own: OwnPolicy
  /** What its rollouts keep to, with the organisation's policy. */
  effective: Policy
  /** All that are set or over and not lifted, the organisation's too. */
  freezes: HeldFreeze[]
  changed: { by: Actor; at: number; why: string | null } | null
}
export type PolicyChange = { version: number; policy: OwnPolicy; by: Actor; at: number; why: string | null }
/** A change that went through, or found everything so already. */
export type PolicyDone = { policy: PolicyView; did: string }
export type PolicyRefusal = Refusal & { faults?: { path: PropertyKey[]; message: string }[] }

/** All that were asked for in a rollout, first to last. */
export type Retests = { pairs: RetestPair[]; summary: RetestSummary }
/** `pairs`: all that are still to be tested, those asked for before as well. */
export type RetestsAsked = Retests & { did: string }

/** `stationTroubles`: what stations reported of themselves, apart from what units showed. */
export type RolloutFailures = FailurePareto & { stationTroubles: SortedTrouble[] }
/** How much is known of a build: from so many runs, of which so many passed, and whether its author declared it. */
export type Knowledge = { runs: number; passes: number; isDeclared: boolean }
/** `shown`: null when nothing is changed, or nothing is known of one of the two. */
export type BuildDiff = {
  build: DeploymentSummary & Knowledge
  against: DeploymentSummary & Knowledge
  shown: ChangesView | null
}
/** `ids`: of the very changes; null: every one that holds. `against`: the other build, where it is not the usual one. */
export type AcceptInput = { ids: string[] | null; why: string; against?: DeploymentId | null }
/** What is left out stays as it was. */
export type DeclareInput = { definition?: DefinitionInput | undefined; changes?: string[] | undefined }

export type Service = ContainmentService &
  LedgerService &
  LearningService &
  PredictedYieldService &
  RegistryService &
  ReplayService & {
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
      issued?: RollbackIssued,
    ): Promise<{ did: string } | Refusal>
    /** With the deployment the preview names the very stations that a start would take. */
    preview(
      procedureId: ProcedureId,
      plan: PlanInput,
      deploymentId?: DeploymentId | null,
    ): Promise<StagePreview | Refusal>

    get(id: RolloutId): Promise<RolloutView | null>
    /** Of which procedure a rollout is, for who needs no more of it: a view reads all of its stations. */
    procedureOf(id: RolloutId): Promise<ProcedureInBrief | null>
    /** Rollouts and rollbacks of a procedure, newest first. */
    history(procedureId: ProcedureId, limit?: number): Promise<HistoryLine[]>
    list(filter?: { live?: boolean; procedureId?: ProcedureId; limit?: number }): Promise<RolloutLine[]>
    events(id: RolloutId): Promise<(RolloutEvent & { sequence: number })[]>

    /**
     * Lists failed units of both arms, matched in pairs, to be tested again on the other build.
     * `withErrors`: those too that ended in ERROR or TIMEOUT.
     */
    askRetests(
      id: RolloutId,
      asked: { count: number; withErrors?: boolean },
      by: Actor,
      commandId?: string,
    ): Promise<RetestsAsked | Refusal>
    /** Null when there is no such rollout. */
    retests(id: RolloutId): Promise<Retests | null>
    /** Units that the new build ran in shadow beside base, newest first. Null when there is no such rollout. */
    shadowPairs(id: RolloutId): Promise<{ pairs: ShadowPair[]; summary: ShadowSummary } | null>

    /**
     * By category and mode, what is beyond base first. Null when there is no such rollout. `range`: only what ran then;
     * what stations reported of themselves is told in whole.
     */
    failures(id: RolloutId, range?: TimeRange | null): Promise<RolloutFailures | null>
    /** Of all that ran in whole hours of [from, to). Null when there is no such procedure. */
    procedureFailures(
      procedureId: ProcedureId,
      asked: { from: Instant; to: Instant },
    ): Promise<ProcedureFailures | null>
    /** Changes nothing: what these rules would do. Null when there is no such procedure. */
    tryFailureRules(procedureId: ProcedureId, tried: TriedRules): Promise<TriedRulesResult | null>
    /** What a build changes of phases, measurements and limits: against its base, or against another one. */
    diff(id: DeploymentId, against?: DeploymentId | null): Promise<BuildDiff | Refusal>
    /** A person's word that changes are meant. Told in its live rollout, and kept with the build. */
    acceptChanges(
      id: DeploymentId,
      input: AcceptInput,
      by: Actor,
    ): Promise<{ did: string; accepted: string[] } | Refusal>
    declareDefinition(id: DeploymentId, input: DeclareInput, by: Actor): Promise<{ did: string } | Refusal>

    procedures(search?: string): Promise<ProcedureSummary[]>
    procedureInBrief(id: ProcedureId): Promise<ProcedureInBrief | null>
    /** By id or, case-insensitively, by name or identifier. */
    procedure(idOrName: string): Promise<ProcedureSummary | null>
    deployments(procedureId: ProcedureId, search?: string): Promise<DeploymentLine[]>
    /** By id, version or the start of its commit sha. */
    deployment(procedureId: ProcedureId, idOrVersion: string): Promise<DeploymentLine | null>
    /** Null when there is no such build. */
    buildRecord(id: DeploymentId): Promise<BuildRecord | null>
    group(procedureId: ProcedureId, words: string): Promise<Group | Refusal>
    /** Where its cards go from now on. `team`: the Slack workspace of the channel; null for both: nowhere. */
    setChannel(
      procedureId: ProcedureId,
      to: { channel: string | null; team: string | null },
      by: Actor,
    ): Promise<{ did: string } | Refusal>
    /** Whether a production build that becomes ready starts its rollout by itself. */
    setAutoPush(procedureId: ProcedureId, on: boolean, by: Actor): Promise<{ did: string } | Refusal>

    /** Alarms of stations: open ones first, then the newest. `group`: those of one message. */
    stationAlarms(filter?: {
      procedureId?: ProcedureId
      open?: boolean
      group?: AlarmGroup
      limit?: number
    }): Promise<AlarmView[]>
    /** Closes those of them that are open, with a reason; the same facts open them no more. */
    acknowledgeAlarms(
      ids: number[],
      why: string,
      by: Actor,
    ): Promise<{ did: string; alarms: AlarmView[] } | Refusal>
    /** What each station runs against what it should, by name. Null when there is no such procedure. */
    stationStates(procedureId: ProcedureId): Promise<StationState[] | null>
    /** How far a rollback has come; the latest one unless it is named. Null when there is none. */
    reverting(procedureId: ProcedureId, rollbackId?: number): Promise<Reverting | null>

    /** Null when there is no such procedure. */
    policy(scope: PolicyScope): Promise<PolicyView | null>
    /** Newest first. */
    policyHistory(scope: PolicyScope): Promise<PolicyChange[]>
    /** The whole policy anew. `readVersion`: the one that the writer changed; refused as stale when it is not the newest. */
    setPolicy(
      scope: PolicyScope,
      change: { policy: unknown; readVersion: number; why: string | null },
      by: Actor,
    ): Promise<PolicyDone | PolicyRefusal>
    /** From now on no further station is taken. `until`: ISO 8601 with its zone; null: until somebody lifts it. */
    freeze(
      scope: PolicyScope,
      asked: { until: string | null; why: string; sites: string[] },
      by: Actor,
    ): Promise<PolicyDone | PolicyRefusal>
    /** Without an id: every freeze of this scope that is in force. One that is gone already changes nothing. */
    unfreeze(
      scope: PolicyScope,
      asked: { id: string | null; why: string | null },
      by: Actor,
    ): Promise<PolicyDone | Refusal>
  }

/** What is kept of each Slack message: where it is and what it last showed. */
export type SlackPost = { channel: string; ts: string; contentHash: string; updatedAt: number }
export type SlackPosts = {
  find(key: string): Promise<SlackPost | null>
  save(key: string, post: SlackPost): Promise<void>
  /**
   * Does the work while nobody else, in this process or another, works under the same key. Null, and nothing was done:
   * another process has been at it for seconds; come again later. Never ask for the same key within the work.
   */
  exclusively<Result>(key: string, work: () => Promise<Result>): Promise<Result | null>
}

/** What people of a workspace asked for themselves, and whether they look at their Home. */
export type SlackPeople = {
  /** `direct`: hears of their own rollouts in a direct message. */
  find(team: string, user: string): Promise<{ direct: boolean }>
  setDirect(team: string, user: string, on: boolean): Promise<void>
  openedHome(team: string, user: string, at: number): Promise<void>
  /** Who opened their Home at this moment or later. */
  lookingAtHome(since: number): Promise<{ team: string; user: string }[]>
}

/** A workspace that installed the app by OAuth. `sealed`: its tokens, encrypted. */
export type SlackInstallation = {
  team: string
  teamName: string
  sealed: string
  installedBy: string
  installedAt: number
  /** Uninstalled, or its tokens were revoked. */
  ended: { at: number; why: string } | null
}
export type SlackInstallations = {
  find(team: string): Promise<SlackInstallation | null>
  /** The one installation that has not ended; null when there is none, or more than one. */
  only(): Promise<SlackInstallation | null>
  /** Anew or again: a workspace that installs again is no longer ended. */
  save(installation: Omit<SlackInstallation, 'ended'>): Promise<void>
  /** Sealed with another secret, unless it was installed anew meanwhile. */
  reseal(team: string, before: string, sealed: string): Promise<void>
  /** False when there was none, it had ended already, or it was installed anew at this moment or later. */
  end(team: string, why: string, at: number): Promise<boolean>
}

export type SlackEvents = {
  /** Keeps the event and queues it to be worked on, in one transaction. False: it was taken before. */
  take(eventId: string, body: Record<string, unknown>, at: number): Promise<boolean>
}

/** What the Slack app keeps in the database. */
export type SlackStore = {
  posts: SlackPosts
  people: SlackPeople
  events: SlackEvents
  installations: SlackInstallations
}

/** A delivery to Slack: queued in the transaction of the decision, repeated until done. */
export type Delivery =
  /** Draw the card of this stage from the current state; posting it when it is not there yet. */
  | { kind: 'card'; rolloutId: RolloutId; stageIndex: number }
  /** Say this event where it belongs (its card's thread, the channel), once. */
  | { kind: 'thread'; rolloutId: RolloutId; sequence: number }
  /** Tell this event to those who asked to hear of their rollouts directly. */
  | { kind: 'direct'; rolloutId: RolloutId; sequence: number }
  /** A production build was registered: post its card, with a button that starts it. */
  | { kind: 'build'; procedureId: ProcedureId; deploymentId: DeploymentId }
  /** Several rollouts share this procedure's channel: bring the day's digest there up to date. */
  | { kind: 'digest'; procedureId: ProcedureId }
  /** Bring the Home of those who look at it up to date: this rollout has changed. */
  | { kind: 'home'; rolloutId: RolloutId }
  /** Alarms of stations that one look opened: one message, brought up to date as they close. */
  | { kind: 'alarms'; procedureId: ProcedureId; alarm: AlarmKind; openedAt: number }
  /**
   * A rollback outside of a rollout: posted when it is made, and brought up to date until every station is back. One from
   * before this was told is not posted long after.
   */
  | { kind: 'rollback'; procedureId: ProcedureId; rollbackId: number; mayPost: boolean }
  /** What a bad build has judged: posted once an episode, and brought up to date until somebody signs it off. */
  | { kind: 'containment'; rolloutId: RolloutId }
  /** An event of Slack that was taken and is to be worked on. */
  | { kind: 'event'; eventId: string; body: Record<string, unknown> }
/** Work with TofuPilot, for a procedure that is linked to it. A repeat is harmless. */
export type TofupilotJob =
  /** Bring what its stations are asked to run there. Urgent: a build is taken back. */
  | { kind: 'tofupilot pins'; procedureId: ProcedureId; isUrgent: boolean }
  /** Read its stations, builds and runs; comes again after the time between two readings. */
  | { kind: 'tofupilot reading'; procedureId: ProcedureId }
/** Whatever is queued in the transaction of a decision. */
export type Job = Delivery | TofupilotJob
export type DeliveryResult = { delivered: true } | { delivered: false; waitSeconds: number; why: string }
