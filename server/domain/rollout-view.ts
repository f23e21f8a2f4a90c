// The rollout as people see it: one shape for the API, the card and the page, so that they never disagree.
import { z } from 'zod'
import { actor } from './actor.ts'
import { alerts } from './alerts.ts'
import { attemptRule } from './attempt-rule.ts'
import { connection } from './connection.ts'
import { changesView } from './definition/changes-view.ts'
import { failureSummary } from './failures/failure-summary.ts'
import { gateMode } from './gates/gate.ts'
import { verdict } from './gates/verdict.ts'
import { deploymentId, procedureId, rolloutId, stationId } from './ids.ts'
import { people } from './people.ts'
import { retestSummary } from './retest-summary.ts'
import { reverting } from './reverting.ts'
import { shadowSummary } from './shadow-summary.ts'
import { alarmView } from './station-alarms/alarm.ts'
import { unattributedView } from './unattributed.ts'

export const armMetrics = z.object({
  stations: z.int(),
  /** Units by their first attempt. */
  units: z.int(),
  passed: z.int(),
  firstPassYield: z.number().nullable(),
  /** Wilson interval at 95 %, descriptive. */
  firstPassYieldLow: z.number().nullable(),
  firstPassYieldHigh: z.number().nullable(),
  /** All runs except aborted ones. */
  runs: z.int(),
  errors: z.int(),
  errorRate: z.number().nullable(),
  timeouts: z.int(),
  timeoutRate: z.number().nullable(),
  passRuns: z.int(),
  /** Median seconds of PASS runs. */
  passSeconds: z.number().nullable(),
})
export type ArmMetrics = z.infer<typeof armMetrics>

export const deploymentSummary = z.object({
  id: deploymentId,
  version: z.string(),
  sha: z.string(),
  branch: z.string().nullable(),
  message: z.string(),
  author: z.string(),
})
export type DeploymentSummary = z.infer<typeof deploymentSummary>

export const stationView = z.object({
  id: stationId,
  name: z.string(),
  site: z.string(),
  line: z.string(),
  status: z.enum(['queued', 'pinned', 'pulled', 'confirmed', 'reverting', 'reverted', 'left']),
  /** Index of the stage that takes or took it. */
  stageIndex: z.int(),
  since: z.number().nullable(),
  /** Why it left, or is passed over; null while it is in the rollout. */
  leftBecause: z.string().nullable(),
  connection,
  /** By how much its clock is ahead, where it is off by more than a minute; below zero: behind. */
  clockAheadMs: z.number().nullable(),
  trouble: z
    .object({ kind: z.enum(['stale', 'drifted', 'failed']), since: z.number(), detail: z.string() })
    .nullable(),
  waived: z.object({ by: actor, at: z.number(), why: z.string() }).nullable(),
  /** First attempts on the new build. */
  canaryUnits: z.int(),
  canaryPassed: z.int(),
  /** First attempts on base in the frozen window before the rollout. */
  pastUnits: z.int(),
  pastPassed: z.int(),
})
export type StationView = z.infer<typeof stationView>

export const stageView = z.object({
  index: z.int(),
  /** "1 station", "25 %", "all stations" */
  label: z.string(),
  stationCount: z.int(),
  state: z.enum(['done', 'current', 'later', 'skipped']),
  startedAt: z.number().nullable(),
  soak: z.object({
    minutes: z.number(),
    firstAttempts: z.int(),
    firstAttemptsPerStation: z.int(),
    shifts: z.int(),
  }),
  /** Who approved it, since it last began. */
  approvedBy: z.array(z.object({ by: actor, at: z.number() })),
  /** Who ended the stage, when, how and why: advanced, undone, aborted, completed. */
  decision: z.object({ what: z.string(), by: actor, at: z.number(), why: z.string().nullable() }).nullable(),
})
export type StageView = z.infer<typeof stageView>

export const breachView = z.object({
  gate: z.string(),
  /** `observe`: it holds nothing up. */
  mode: gateMode,
  severity: z.enum(['breach', 'severe']),
  openedAt: z.number(),
  headline: z.string(),
  details: z.array(z.string()),
  /** The canary station that speaks loudest, and whether it is suspected before the build. */
  suspect: z.object({ stationId, isSuspected: z.boolean() }).nullable(),
  acknowledged: z.object({ by: actor, at: z.number(), why: z.string() }).nullable(),
  closed: z
    .object({ at: z.number(), how: z.enum(['recovered', 'acknowledged', 'aborted', 'completed']) })
    .nullable(),
})
export type BreachView = z.infer<typeof breachView>

/** The approvals of the present stage, or of the start. */
const approvals = z.object({
  needed: z.int(),
  given: z.array(z.object({ by: actor, at: z.number(), expiresAt: z.number().nullable() })),
  /** When the approvers were asked, and reminded; null while something else is missing. */
  asked: z.object({ at: z.number(), remindedAt: z.number().nullable() }).nullable(),
  /** Whoever started the rollout may not approve it. */
  fourEyes: z.boolean(),
  /** Who may; null: every full member of the workspace. */
  approvers: people.nullable(),
})

/** What the stage costs and when it is decided; null while nothing is exposed. */
const economics = z.object({
  /** First attempts an hour on the new build, over the last hours it was tested in. */
  unitsPerHour: z.number().nullable(),
  /** Failed first attempts beyond what base would have failed, so far, with 95 % bounds; below zero: fewer. */
  extraFailures: z
    .object({ estimate: z.number(), low: z.number().nullable(), high: z.number().nullable() })
    .nullable(),
  /** When the stage can pass, at the present pace; null when that cannot be said. */
  verdictAt: z.number().nullable(),
})
export type Economics = z.infer<typeof economics>

export const rolloutView = z.object({
  id: rolloutId,
  /** Absolute address of the page. */
  url: z.string(),
  /** `team`: the Slack workspace of its channel; null: the one the app was set up with. */
  procedure: z.object({
    id: procedureId,
    name: z.string(),
    channel: z.string().nullable(),
    team: z.string().nullable(),
    attemptRule,
  }),
  deployment: deploymentSummary,
  base: deploymentSummary,
  status: z.enum(['pending', 'active', 'paused', 'aborting', 'aborted', 'completed']),
  pause: z.object({ reason: z.string(), why: z.string(), by: actor, at: z.number() }).nullable(),
  abort: z.object({ why: z.string(), by: actor, at: z.number() }).nullable(),
  /** Counts decisions; carried by every button. */
  version: z.int(),
  preset: z.string(),
  owner: actor,
  reason: z.string().nullable(),
  /** What its author expects of it, in words, and the change of yield that was declared: −0.008 is 0.8 points less. */
  expectation: z.string().nullable(),
  expectedYieldChange: z.number(),
  retryOf: rolloutId.nullable(),
  createdAt: z.number(),
  startedAt: z.number().nullable(),
  startAt: z.number().nullable(),
  endedAt: z.number().nullable(),
  /** -1 while pending. */
  stageIndex: z.int(),
  stages: z.array(stageView),
  stations: z.array(stationView),
  canaryArm: armMetrics,
  baseArm: armMetrics,
  /** Runs of a third build on the rollout's stations since its start: in neither arm. */
  otherRuns: z.int(),
  /** Runs on the rollout's stations since its start of which nobody knows the build: in neither arm. */
  unattributed: unattributedView,
  verdict: verdict.nullable(),
  readiness: z.object({
    ready: z.boolean(),
    items: z.array(
      z.object({
        kind: z.string(),
        met: z.boolean(),
        text: z.string(),
        done: z.number(),
        needed: z.number(),
      }),
    ),
  }),
  /** When the things that its stage still lacks are likely reached, at the present pace; without what nobody can tell. */
  forecasts: z.array(z.object({ kind: z.string(), at: z.number() })),
  approvals,
  economics: economics.nullable(),
  /** How its runs failed, against base; null before the start. */
  failures: failureSummary.nullable(),
  /** Who is called when it breaches. */
  alerts,
  /** What it waits for, in plain sentences; empty when nothing holds it. */
  waitsFor: z.array(z.string()),
  /** What happens next, one sentence. */
  next: z.string(),
  breaches: z.array(breachView),
  /** How long the watch after completion goes on; null before. */
  watchUntil: z.number().nullable(),
  /** What that watch has found. */
  alarms: z.array(
    z.object({
      gate: z.string(),
      severity: z.enum(['breach', 'severe']),
      at: z.number(),
      headline: z.string(),
    }),
  ),
  /** How far its stations are on their way back; null while it is not aborted. */
  reverting: reverting.nullable(),
  /** Open alarms of its stations; once it has ended, of those that it has led to. */
  stationAlarms: z.array(alarmView),
  /** What the build changes of phases, measurements and limits; null while nothing is changed, or known. */
  changes: changesView.nullable(),
  /** Null while nobody has asked for any. */
  retests: retestSummary.nullable(),
  /** Null while the new build has never run in shadow. */
  shadow: shadowSummary.omit({ numbers: true }).nullable(),
  lastDecision: z.object({ what: z.string(), by: actor, at: z.number(), why: z.string().nullable() }),
})
export type RolloutView = z.infer<typeof rolloutView>

/** One line of `list`. */
export const rolloutLine = rolloutView
  .pick({
    id: true,
    url: true,
    procedure: true,
    deployment: true,
    base: true,
    status: true,
    preset: true,
    owner: true,
    version: true,
    createdAt: true,
    startedAt: true,
    endedAt: true,
    stageIndex: true,
    lastDecision: true,
  })
  .extend({ stageCount: z.int() })
export type RolloutLine = z.infer<typeof rolloutLine>
