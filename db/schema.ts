// Every table. Hot tables carry the procedure, so that they can be partitioned or distributed by it.
import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  customType,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import type { Actor } from '../server/domain/actor.ts'
import type { ReplayAsked } from '../server/domain/backtest/replay-asked.ts'
import type { ReplayResult } from '../server/domain/backtest/replay-result.ts'
import type { AcceptedChange } from '../server/domain/definition/changes.ts'
import type { Declared } from '../server/domain/definition/declared.ts'
import type { Learned } from '../server/domain/definition/learned.ts'
import type { DriftNoise } from '../server/domain/gates/drift-noise.ts'
import type { UsualRates } from '../server/domain/gates/mix.ts'
import type { Verdict } from '../server/domain/gates/verdict.ts'
import type { DeploymentId, ProcedureId, RolloutId, RunId, StationId } from '../server/domain/ids.ts'
import type { RolloutEvent } from '../server/domain/rollout/events.ts'
import type { RolloutState, StationProgress } from '../server/domain/rollout/state.ts'

/** `path`: the folder of a shared repository whose changes are this procedure's; empty: all of it. */
export type Repository = {
  owner: string
  name: string
  provider: 'github' | 'gitlab'
  gitlabProjectId: string | null
  path: string
}
export type Promotion = { by: Actor; at: number; from: 'preview' | 'development'; why: string | null }

const bytea = customType<{ data: Uint8Array }>({ dataType: () => 'bytea' })
const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 6, mode: 'date' })
const counts = () => ({
  units: integer('units').notNull().default(0),
  passed: integer('passed').notNull().default(0),
  runs: integer('runs').notNull().default(0),
  errors: integer('errors').notNull().default(0),
  timeouts: integer('timeouts').notNull().default(0),
  passRuns: integer('pass_runs').notNull().default(0),
  passMs: bigint('pass_ms', { mode: 'number' }).notNull().default(0),
})

export const procedures = pgTable(
  'procedures',
  {
    id: uuid('id').$type<ProcedureId>().primaryKey(),
    name: text('name').notNull(),
    zone: text('zone').notNull().default('UTC'),
    /** A run older than this counts as a timeout, so that a hung station cannot hold the watermark back. */
    timeLimitSeconds: integer('time_limit_seconds').notNull().default(3600),
    soakMinutes: doublePrecision('soak_minutes'),
    slackChannel: text('slack_channel'),
    /** The workspace that the channel is in; null: the one the app was set up with. */
    slackTeam: text('slack_team'),
    activeDeploymentId: uuid('active_deployment_id').$type<DeploymentId>(),
    formerDeploymentId: uuid('former_deployment_id').$type<DeploymentId>(),
    /** A production build that is ready starts its rollout by itself. A rollback switches it off. */
    autoPush: boolean('auto_push').notNull().default(false),
    /** A short name that people write, such as FCT. */
    identifier: text('identifier'),
    /** Which runs are first attempts: a unit's first one ever, or its first one of each day in the procedure's zone. */
    attemptRule: text('attempt_rule', { enum: ['ever', 'day'] })
      .notNull()
      .default('ever'),
    /** Where its builds come from; webhooks of another repository are none of its business. */
    repository: jsonb('repository').$type<Repository>(),
    /** The branch whose builds are production builds. */
    productionBranch: text('production_branch').notNull().default('main'),
    /** Minutes within which every station is to be back after an abort or a rollback; beyond it there is an alarm. */
    revertLimitMinutes: doublePrecision('revert_limit_minutes').notNull().default(60),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [uniqueIndex('procedures_name').on(sql`lower(${table.name})`)],
)

export const deployments = pgTable(
  'deployments',
  {
    id: uuid('id').$type<DeploymentId>().primaryKey(),
    procedureId: uuid('procedure_id')
      .$type<ProcedureId>()
      .notNull()
      .references(() => procedures.id),
    version: text('version').notNull(),
    commitSha: text('commit_sha').notNull(),
    commitMessage: text('commit_message').notNull(),
    commitBranch: text('commit_branch'),
    commitAuthor: text('commit_author').notNull(),
    environment: text('environment', { enum: ['production', 'preview', 'development'] }).notNull(),
    status: text('status', { enum: ['pending', 'building', 'ready', 'failed'] }).notNull(),
    artifactUrl: text('artifact_url'),
    artifactSha256: text('artifact_sha256'),
    /** What else its build said of the artifact: size, digest of the image, build number. */
    artifactMetadata: jsonb('artifact_metadata').$type<Record<string, unknown>>().notNull().default({}),
    labels: jsonb('labels').$type<string[]>().notNull().default([]),
    /** What its author expects of it, in words, and as a change of yield: −0.008 is 0.8 points less. */
    expectation: text('expectation'),
    expectedYieldChange: doublePrecision('expected_yield_change'),
    source: text('source', { enum: ['api', 'command line', 'github'] })
      .notNull()
      .default('api'),
    /** Who made a production build of it, when it was registered as another one. */
    promoted: jsonb('promoted').$type<Promotion>(),
    createdAt: instant('created_at').notNull(),
    /** When it first became the active deployment of its whole fleet: what a rollback may return to. */
    completedAt: instant('completed_at'),
  },
  (table) => [uniqueIndex('deployments_version').on(table.procedureId, sql`lower(${table.version})`)],
)

/** What the phases, measurements and limits of a build are: as its author declared them, and as its first runs showed. */
export const definitions = pgTable(
  'definitions',
  {
    procedureId: uuid('procedure_id').$type<ProcedureId>().notNull(),
    deploymentId: uuid('deployment_id').$type<DeploymentId>().notNull(),
    declared: jsonb('declared').$type<Declared>(),
    learned: jsonb('learned').$type<Learned>(),
    /** How many of its runs have been read for it, and how many of those passed, which show every phase. */
    learnedRuns: integer('learned_runs').notNull().default(0),
    learnedPasses: integer('learned_passes').notNull().default(0),
    /** Changes against base that a person has accepted. */
    accepted: jsonb('accepted').$type<AcceptedChange[]>().notNull().default([]),
  },
  (table) => [primaryKey({ columns: [table.procedureId, table.deploymentId] })],
)

/** What its build said while it was made, kept whatever becomes of it. */
export const deploymentLogs = pgTable(
  'deployment_logs',
  {
    procedureId: uuid('procedure_id').$type<ProcedureId>().notNull(),
    id: bigint('id', { mode: 'number' }).generatedAlwaysAsIdentity(),
    deploymentId: uuid('deployment_id').$type<DeploymentId>().notNull(),
    at: instant('at').notNull(),
    level: text('level', { enum: ['debug', 'info', 'warning', 'error'] }).notNull(),
    message: text('message').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.procedureId, table.id] }),
    index('deployment_logs_deployment').on(table.deploymentId, table.id),
  ],
)

export const stations = pgTable(
  'stations',
  {
    id: uuid('id').$type<StationId>().primaryKey(),
    name: text('name').notNull(),
    site: text('site').notNull(),
    line: text('line').notNull(),
    tags: jsonb('tags').$type<string[]>().notNull().default([]),
    /** What is mounted on it: bed of nails, adapter, chamber. */
    fixtures: jsonb('fixtures').$type<string[]>().notNull().default([]),
    /** Held: no rollout takes it, and it stays on what it runs. Until then; null: until somebody gives it back. */
    heldReason: text('held_reason'),
    heldUntil: instant('held_until'),
    /** Excluded: it leaves a live rollout too, back on base, and counts in neither arm from then on. */
    excludedReason: text('excluded_reason'),
    excludedUntil: instant('excluded_until'),
    /** The experiment that it belongs to alone; no rollout takes it then. */
    experiment: text('experiment'),
    /** By how much its clock is ahead of the service's, as last seen; below zero: behind. */
    clockAheadMs: bigint('clock_ahead_ms', { mode: 'number' }),
    createdAt: instant('created_at').notNull(),
    lastSeenAt: instant('last_seen_at'),
    heartbeatAt: instant('heartbeat_at'),
    busy: boolean('busy').notNull().default(false),
    runStartedAt: instant('run_started_at'),
    /** Of its last heartbeat: what telemetry gates read. */
    telemetry: jsonb('telemetry').$type<Record<string, unknown>>().notNull().default({}),
    checks: jsonb('checks').$type<Record<string, unknown>>().notNull().default({}),
  },
  (table) => [uniqueIndex('stations_name').on(sql`lower(${table.name})`)],
)

/** Keys of stations, as hashes only. A station has one, or two while it changes from one to the next. */
export const stationKeys = pgTable(
  'station_keys',
  {
    hash: text('hash').primaryKey(),
    stationId: uuid('station_id')
      .$type<StationId>()
      .notNull()
      .references(() => stations.id),
    /** The first characters of the key, so that a person can tell keys apart. */
    prefix: text('prefix').notNull(),
    createdAt: instant('created_at').notNull(),
    /** From then on it opens nothing; null: for as long as nobody changes that. */
    endsAt: instant('ends_at'),
    endedWhy: text('ended_why'),
    lastUsedAt: instant('last_used_at'),
  },
  (table) => [index('station_keys_station').on(table.stationId)],
)

/** What people did with a station: registered, changed, held, excluded, given a key or deprived of one. */
export const stationEvents = pgTable(
  'station_events',
  {
    stationId: uuid('station_id')
      .$type<StationId>()
      .notNull()
      .references(() => stations.id),
    id: bigint('id', { mode: 'number' }).generatedAlwaysAsIdentity(),
    type: text('type').notNull(),
    body: jsonb('body').$type<Record<string, unknown>>().notNull(),
    by: jsonb('by').$type<Actor>().notNull(),
    why: text('why'),
    at: instant('at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.stationId, table.id] })],
)

/** Troubles of its own that a station reported: what failed although no unit did. */
export const stationErrors = pgTable(
  'station_errors',
  {
    stationId: uuid('station_id').$type<StationId>().notNull(),
    id: bigint('id', { mode: 'number' }).generatedAlwaysAsIdentity(),
    /** Null: it is about the station, whatever it tests. */
    procedureId: uuid('procedure_id').$type<ProcedureId>(),
    at: instant('at').notNull(),
    code: text('code'),
    message: text('message').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.stationId, table.id] }),
    index('station_errors_at').on(table.stationId, table.at),
  ],
)

/** A station that is not where it should be: each alarm is opened once, told, and closed once. */
export const stationAlarms = pgTable(
  'station_alarms',
  {
    procedureId: uuid('procedure_id').$type<ProcedureId>().notNull(),
    id: bigint('id', { mode: 'number' }).generatedAlwaysAsIdentity(),
    stationId: uuid('station_id').$type<StationId>().notNull(),
    kind: text('kind').notNull(),
    /** Since when it is so; the alarm may open later. */
    since: instant('since').notNull(),
    detail: text('detail').notNull(),
    /** The build it is about: what the station runs, or should. */
    deploymentId: uuid('deployment_id').$type<DeploymentId>(),
    rolloutId: uuid('rollout_id').$type<RolloutId>(),
    openedAt: instant('opened_at').notNull(),
    closedAt: instant('closed_at'),
    closedHow: text('closed_how'),
    acknowledged: jsonb('acknowledged').$type<{ by: Actor; at: number; why: string }>(),
  },
  (table) => [
    primaryKey({ columns: [table.procedureId, table.id] }),
    uniqueIndex('station_alarms_open')
      .on(table.procedureId, table.stationId, table.kind)
      .where(sql`closed_at is null`),
    index('station_alarms_station').on(table.stationId, table.openedAt),
  ],
)

export const stationProcedures = pgTable(
  'station_procedures',
  {
    procedureId: uuid('procedure_id')
      .$type<ProcedureId>()
      .notNull()
      .references(() => procedures.id),
    stationId: uuid('station_id')
      .$type<StationId>()
      .notNull()
      .references(() => stations.id),
    linkedAt: instant('linked_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.procedureId, table.stationId] }),
    index('station_procedures_station').on(table.stationId),
  ],
)

/** What a station is asked to run, as half-open intervals [from, to): the desired fact. */
export const pins = pgTable(
  'pins',
  {
    id: bigint('id', { mode: 'number' }).generatedAlwaysAsIdentity(),
    procedureId: uuid('procedure_id').$type<ProcedureId>().notNull(),
    stationId: uuid('station_id').$type<StationId>().notNull(),
    deploymentId: uuid('deployment_id').$type<DeploymentId>().notNull(),
    rolloutId: uuid('rollout_id').$type<RolloutId>(),
    fromAt: instant('from_at').notNull(),
    toAt: instant('to_at'),
    /** When the station was first answered with it. */
    servedAt: instant('served_at'),
  },
  (table) => [
    primaryKey({ columns: [table.procedureId, table.id] }),
    uniqueIndex('pins_current').on(table.procedureId, table.stationId).where(sql`to_at is null`),
    index('pins_station').on(table.stationId).where(sql`to_at is null`),
    index('pins_history').on(table.procedureId, table.stationId, table.fromAt),
  ],
)

/** What a station acknowledged, as half-open intervals [from, to): the pulled fact. */
export const pickups = pgTable(
  'pickups',
  {
    id: bigint('id', { mode: 'number' }).generatedAlwaysAsIdentity(),
    procedureId: uuid('procedure_id').$type<ProcedureId>().notNull(),
    stationId: uuid('station_id').$type<StationId>().notNull(),
    deploymentId: uuid('deployment_id').$type<DeploymentId>().notNull(),
    state: text('state', { enum: ['pulled', 'running', 'failed'] }).notNull(),
    message: text('message'),
    fromAt: instant('from_at').notNull(),
    toAt: instant('to_at'),
  },
  (table) => [
    primaryKey({ columns: [table.procedureId, table.id] }),
    index('pickups_station').on(table.procedureId, table.stationId, table.fromAt),
  ],
)

/** One execution on one unit: the ran fact. The id is made of the natural key, so that a repeat is the same row. */
export const runs = pgTable(
  'runs',
  {
    procedureId: uuid('procedure_id').$type<ProcedureId>().notNull(),
    id: uuid('id').$type<RunId>().notNull(),
    stationId: uuid('station_id').$type<StationId>().notNull(),
    deploymentId: uuid('deployment_id').$type<DeploymentId>(),
    attributedBy: text('attributed_by', { enum: ['body', 'header', 'metadata', 'pickup', 'none'] }).notNull(),
    serial: text('serial').notNull(),
    /** Lower case: serial numbers compare case-insensitively. */
    unit: text('unit').notNull(),
    outcome: text('outcome', { enum: ['PASS', 'FAIL', 'ERROR', 'TIMEOUT', 'ABORTED'] }).notNull(),
    startedAt: instant('started_at').notNull(),
    endedAt: instant('ended_at').notNull(),
    receivedAt: instant('received_at').notNull(),
    /** The station sent a time without a zone; it was taken as UTC. */
    zoneless: boolean('zoneless').notNull().default(false),
    detail: jsonb('detail').$type<Record<string, unknown>>().notNull().default({}),
    /** Which product on which shift: what a change of mix is corrected by. */
    product: text('product'),
    shift: smallint('shift').notNull().default(0),
    /** A reference sample: golden is known good, failing known bad, ignored nothing. None of them counts. */
    sample: text('sample', { enum: ['golden', 'failing', 'ignored'] }),
    failureMode: text('failure_mode'),
    /** What was said of the failure, in words: what rules of failure categories read beside the mode. */
    failureText: text('failure_text'),
    /** The new build run beside the old on the same unit: it is no run of production and counts in no yield. */
    shadow: boolean('shadow').notNull().default(false),
    measurementCount: integer('measurement_count'),
    /** Numbers that the run reports, by name. */
    metrics: jsonb('metrics').$type<Record<string, number>>().notNull().default({}),
  },
  (table) => [
    primaryKey({ columns: [table.procedureId, table.id] }),
    index('runs_unit').on(table.procedureId, table.unit, table.startedAt),
    index('runs_station').on(table.procedureId, table.stationId, table.startedAt),
    index('runs_deployment').on(table.procedureId, table.deploymentId, table.startedAt),
    index('runs_failure_mode')
      .on(table.procedureId, table.failureMode, table.deploymentId)
      .where(sql`failure_mode is not null`),
    index('runs_failed')
      .on(table.procedureId, table.deploymentId, table.startedAt)
      .where(sql`failure_mode is not null`),
    index('runs_sample').on(table.procedureId, table.startedAt).where(sql`sample is not null`),
    index('runs_shadow').on(table.procedureId, table.deploymentId, table.startedAt).where(sql`shadow`),
  ],
)

/** The first attempt of each unit, or of each unit and day: the earliest run that was not aborted. */
export const firstAttempts = pgTable(
  'first_attempts',
  {
    procedureId: uuid('procedure_id').$type<ProcedureId>().notNull(),
    unit: text('unit').notNull(),
    /** The day in the procedure's zone, as 2026-05-22, where each day has its own; else empty. */
    day: text('day').notNull().default(''),
    runId: uuid('run_id').$type<RunId>().notNull(),
    stationId: uuid('station_id').$type<StationId>().notNull(),
    deploymentId: uuid('deployment_id').$type<DeploymentId>(),
    startedAt: instant('started_at').notNull(),
    passed: boolean('passed').notNull(),
    product: text('product'),
    shift: smallint('shift').notNull().default(0),
  },
  (table) => [
    primaryKey({ columns: [table.procedureId, table.unit, table.day] }),
    index('first_attempts_station').on(table.procedureId, table.stationId, table.startedAt),
  ],
)

/** Counts per deployment, station and hour. Runs without a deployment stand under the nil id. */
export const hourlyTallies = pgTable(
  'hourly_tallies',
  {
    procedureId: uuid('procedure_id').$type<ProcedureId>().notNull(),
    deploymentId: uuid('deployment_id').$type<DeploymentId>().notNull(),
    stationId: uuid('station_id').$type<StationId>().notNull(),
    hour: instant('hour').notNull(),
    ...counts(),
  },
  (table) => [
    primaryKey({ columns: [table.procedureId, table.deploymentId, table.stationId, table.hour] }),
    index('hourly_tallies_station').on(table.procedureId, table.stationId, table.hour),
  ],
)

/** Counts per rollout, arm and station since the rollout's start: what a verdict reads. */
export const armTallies = pgTable(
  'arm_tallies',
  {
    procedureId: uuid('procedure_id').$type<ProcedureId>().notNull(),
    rolloutId: uuid('rollout_id').$type<RolloutId>().notNull(),
    arm: text('arm', { enum: ['canary', 'base', 'other'] }).notNull(),
    stationId: uuid('station_id').$type<StationId>().notNull(),
    ...counts(),
  },
  (table) => [primaryKey({ columns: [table.procedureId, table.rolloutId, table.arm, table.stationId] })],
)

/**
 * What each gate's metric counted per rollout, arm, station and shift since the rollout's start: what a verdict reads.
 * `expected` sums, over what was counted, the bad rate that its product and shift had in the fleet's past.
 */
export const metricTallies = pgTable(
  'metric_tallies',
  {
    procedureId: uuid('procedure_id').$type<ProcedureId>().notNull(),
    rolloutId: uuid('rollout_id').$type<RolloutId>().notNull(),
    arm: text('arm', { enum: ['canary', 'base', 'other'] }).notNull(),
    stationId: uuid('station_id').$type<StationId>().notNull(),
    metric: text('metric').notNull(),
    shift: smallint('shift').notNull(),
    n: integer('n').notNull().default(0),
    bad: integer('bad').notNull().default(0),
    expected: doublePrecision('expected').notNull().default(0),
  },
  (table) => [
    primaryKey({
      name: 'metric_tallies_key',
      columns: [table.procedureId, table.rolloutId, table.arm, table.stationId, table.metric, table.shift],
    }),
  ],
)

/** The same of each station's own past on base, frozen at the start, and what is usual there for measured numbers. */
export const stationPasts = pgTable(
  'station_pasts',
  {
    procedureId: uuid('procedure_id').$type<ProcedureId>().notNull(),
    rolloutId: uuid('rollout_id').$type<RolloutId>().notNull(),
    stationId: uuid('station_id').$type<StationId>().notNull(),
    metric: text('metric').notNull(),
    n: integer('n').notNull(),
    bad: integer('bad').notNull(),
    expected: doublePrecision('expected').notNull(),
    /** The usual number (a median, a mean, a quantile): beyond it a run is bad. Null where none is measured. */
    usual: doublePrecision('usual'),
  },
  (table) => [primaryKey({ columns: [table.procedureId, table.rolloutId, table.stationId, table.metric] })],
)

/** `state` holds everything of the rollout but its stations. */
export type StoredState = Omit<RolloutState, 'stations'>
export const rollouts = pgTable(
  'rollouts',
  {
    procedureId: uuid('procedure_id')
      .$type<ProcedureId>()
      .notNull()
      .references(() => procedures.id),
    id: uuid('id').$type<RolloutId>().notNull().primaryKey(),
    deploymentId: uuid('deployment_id')
      .$type<DeploymentId>()
      .notNull()
      .references(() => deployments.id),
    baseDeploymentId: uuid('base_deployment_id')
      .$type<DeploymentId>()
      .notNull()
      .references(() => deployments.id),
    status: text('status', {
      enum: ['pending', 'active', 'paused', 'aborting', 'aborted', 'completed'],
    }).notNull(),
    version: integer('version').notNull(),
    /** The plan snapshot, the frozen station order and all else that is true in this status. */
    state: jsonb('state').$type<StoredState>().notNull(),
    verdict: jsonb('verdict').$type<Verdict>(),
    /** Per metric, how much stations wander by themselves (log-odds): estimated from the past, frozen at the start. */
    driftNoise: jsonb('drift_noise').$type<DriftNoise>().notNull().default({}),
    /** Per metric and product × shift, the fleet's bad rate on base in the past, frozen at the start. */
    usualRates: jsonb('usual_rates').$type<UsualRates>().notNull().default({}),
    createdAt: instant('created_at').notNull(),
    /** Runs that started in [started, ended) belong to its arms; a completed rollout counts on while it is watched. */
    startedAt: instant('started_at'),
    endedAt: instant('ended_at'),
  },
  (table) => [
    uniqueIndex('rollouts_one_live')
      .on(table.procedureId)
      .where(sql`status in ('pending', 'active', 'paused')`),
    index('rollouts_procedure').on(table.procedureId, table.createdAt),
    index('rollouts_live').on(table.status).where(sql`status in ('pending', 'active', 'paused', 'aborting')`),
    index('rollouts_watched').on(table.endedAt).where(sql`status = 'completed'`),
  ],
)

export const rolloutStations = pgTable(
  'rollout_stations',
  {
    procedureId: uuid('procedure_id').$type<ProcedureId>().notNull(),
    rolloutId: uuid('rollout_id')
      .$type<RolloutId>()
      .notNull()
      .references(() => rollouts.id),
    stationId: uuid('station_id').$type<StationId>().notNull(),
    progress: jsonb('progress').$type<StationProgress>().notNull(),
    /** The station's own past on base, frozen at the start: first attempts, runs, and its usual durations. */
    pastUnits: integer('past_units').notNull().default(0),
    pastBad: integer('past_bad').notNull().default(0),
    pastRuns: integer('past_runs').notNull().default(0),
    pastErrors: integer('past_errors').notNull().default(0),
    pastTimeouts: integer('past_timeouts').notNull().default(0),
    pastP99Seconds: doublePrecision('past_p99_seconds'),
    /** The usual gap between two of its runs: a station silent for three of them is stale. */
    pastGapSeconds: doublePrecision('past_gap_seconds'),
  },
  (table) => [
    primaryKey({ columns: [table.procedureId, table.rolloutId, table.stationId] }),
    index('rollout_stations_station').on(table.stationId),
  ],
)

export const events = pgTable(
  'events',
  {
    procedureId: uuid('procedure_id').$type<ProcedureId>().notNull(),
    rolloutId: uuid('rollout_id')
      .$type<RolloutId>()
      .notNull()
      .references(() => rollouts.id),
    /** 1, 2, 3 … without gaps in each rollout. */
    sequence: integer('sequence').notNull(),
    type: text('type').notNull(),
    body: jsonb('body').$type<RolloutEvent>().notNull(),
    at: instant('at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.procedureId, table.rolloutId, table.sequence] }),
    // Alarms and ends, apart from the thousands that stations make: what is learned from, of all rollouts at once.
    index('events_learned')
      .on(table.procedureId, table.rolloutId, table.sequence)
      .where(
        sql`type in ('BreachOpened', 'BreachAcknowledged', 'BreachRecovered', 'RolloutAborted', 'AbortFinished', 'RolloutCompleted', 'WatchAlarmed', 'RetestsAsked')`,
      ),
  ],
)

/** Commands by their caller's id, so that the same one twice is one. */
export const commands = pgTable('commands', {
  id: text('id').primaryKey(),
  procedureId: uuid('procedure_id').$type<ProcedureId>().notNull(),
  rolloutId: uuid('rollout_id').$type<RolloutId>().notNull(),
  did: text('did').notNull(),
  at: instant('at').notNull(),
})

/** Verdicts as they were given, with the counts they saw: the chart of evidence and the auditor's record. */
export const verdicts = pgTable(
  'verdicts',
  {
    procedureId: uuid('procedure_id').$type<ProcedureId>().notNull(),
    rolloutId: uuid('rollout_id')
      .$type<RolloutId>()
      .notNull()
      .references(() => rollouts.id),
    id: bigint('id', { mode: 'number' }).generatedAlwaysAsIdentity(),
    at: instant('at').notNull(),
    verdict: jsonb('verdict').$type<Verdict>().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.procedureId, table.rolloutId, table.id] }),
    unique('verdicts_moment').on(table.procedureId, table.rolloutId, table.at),
  ],
)

/**
 * What a recorded verdict was computed from, compressed. What stays the same from verdict to verdict stands once a
 * rollout, under its digest. `digest`: SHA-256 over the verdict and all that it was computed from.
 */
export const verdictInputs = pgTable(
  'verdict_inputs',
  {
    procedureId: uuid('procedure_id').$type<ProcedureId>().notNull(),
    rolloutId: uuid('rollout_id').$type<RolloutId>().notNull(),
    verdictId: bigint('verdict_id', { mode: 'number' }).notNull(),
    fixedDigest: text('fixed_digest').notNull(),
    asked: bytea('asked').notNull(),
    digest: text('digest').notNull(),
  },
  (table) => [primaryKey({ columns: [table.procedureId, table.rolloutId, table.verdictId] })],
)

export const verdictFixedInputs = pgTable(
  'verdict_fixed_inputs',
  {
    procedureId: uuid('procedure_id').$type<ProcedureId>().notNull(),
    rolloutId: uuid('rollout_id').$type<RolloutId>().notNull(),
    digest: text('digest').notNull(),
    content: bytea('content').notNull(),
  },
  (table) => [
    primaryKey({
      name: 'verdict_fixed_inputs_key',
      columns: [table.procedureId, table.rolloutId, table.digest],
    }),
  ],
)

/** Units that go through both builds, in matched pairs: one that failed on the new build, one that failed on base. */
export const retests = pgTable(
  'retests',
  {
    procedureId: uuid('procedure_id').$type<ProcedureId>().notNull(),
    rolloutId: uuid('rollout_id')
      .$type<RolloutId>()
      .notNull()
      .references(() => rollouts.id),
    unit: text('unit').notNull(),
    serial: text('serial').notNull(),
    /** The arm that it failed in; it is to be tested again in the other one. */
    failedIn: text('failed_in', { enum: ['canary', 'base'] }).notNull(),
    pair: integer('pair').notNull(),
    askedBy: jsonb('asked_by').$type<Actor>().notNull(),
    askedAt: instant('asked_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.procedureId, table.rolloutId, table.unit] })],
)

/** A named person's word that the units a build had judged were dealt with, and the very list that it was about. */
export const containmentSignOffs = pgTable(
  'containment_sign_offs',
  {
    procedureId: uuid('procedure_id').$type<ProcedureId>().notNull(),
    rolloutId: uuid('rollout_id')
      .$type<RolloutId>()
      .notNull()
      .references(() => rollouts.id),
    id: bigint('id', { mode: 'number' }).generatedAlwaysAsIdentity(),
    by: jsonb('by').$type<Actor>().notNull(),
    at: instant('at').notNull(),
    note: text('note').notNull(),
    units: integer('units').notNull(),
    passed: integer('passed').notNull(),
    failed: integer('failed').notNull(),
    /** Of these, not tested again to an end. */
    open: integer('open').notNull(),
    /** SHA-256 of the list: of a list that has changed since it is another one. */
    digest: text('digest').notNull(),
  },
  (table) => [primaryKey({ columns: [table.procedureId, table.rolloutId, table.id] })],
)

/** Policies, each change a row: the newest of a scope is in force. */
export const policies = pgTable(
  'policies',
  {
    /** A procedure's id, or `organisation`. */
    scope: text('scope').notNull(),
    version: integer('version').notNull(),
    body: jsonb('body').$type<Record<string, unknown>>().notNull(),
    by: jsonb('by').$type<Actor>().notNull(),
    why: text('why'),
    at: instant('at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.scope, table.version] })],
)

/** Replays of a plan over stored history: what was asked, how far it is, what was found. The newest of each procedure. */
export const replays = pgTable(
  'replays',
  {
    procedureId: uuid('procedure_id')
      .$type<ProcedureId>()
      .notNull()
      .references(() => procedures.id),
    id: bigint('id', { mode: 'number' }).generatedAlwaysAsIdentity(),
    asked: jsonb('asked').$type<ReplayAsked>().notNull(),
    by: jsonb('by').$type<Actor>().notNull(),
    startedAt: instant('started_at').notNull(),
    /** From 0 to 1. */
    progress: doublePrecision('progress').notNull().default(0),
    /** Its last sign of life: one that shows none for minutes ended with its process. */
    touchedAt: instant('touched_at').notNull(),
    endedAt: instant('ended_at'),
    result: jsonb('result').$type<ReplayResult>(),
    /** Why it has no result. */
    failedWhy: text('failed_why'),
  },
  (table) => [primaryKey({ columns: [table.procedureId, table.id] })],
)

/** What happened to a procedure outside a rollout: first activation, rollback. */
export const procedureEvents = pgTable(
  'procedure_events',
  {
    procedureId: uuid('procedure_id')
      .$type<ProcedureId>()
      .notNull()
      .references(() => procedures.id),
    id: bigint('id', { mode: 'number' }).generatedAlwaysAsIdentity(),
    type: text('type').notNull(),
    body: jsonb('body').$type<Record<string, unknown>>().notNull(),
    at: instant('at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.procedureId, table.id] })],
)

/** Where our Slack messages are, and what they last showed. */
export const slackPosts = pgTable('slack_posts', {
  key: text('key').primaryKey(),
  channel: text('channel').notNull(),
  ts: text('ts').notNull(),
  contentHash: text('content_hash').notNull(),
  updatedAt: instant('updated_at').notNull(),
})

/** Workspaces that installed the app by OAuth; its tokens are sealed. */
export const slackInstallations = pgTable('slack_installations', {
  teamId: text('team_id').primaryKey(),
  teamName: text('team_name').notNull(),
  /** The whole installation, encrypted: nothing of it can be read from a copy of the database. */
  sealed: text('sealed').notNull(),
  installedBy: text('installed_by').notNull(),
  installedAt: instant('installed_at').notNull(),
  /** Uninstalled, or its tokens were revoked. */
  endedAt: instant('ended_at'),
  endedWhy: text('ended_why'),
})

/** What people of a workspace asked for themselves. */
export const slackPeople = pgTable(
  'slack_people',
  {
    teamId: text('team_id').notNull(),
    userId: text('user_id').notNull(),
    /** Hears of their own rollouts in a direct message. */
    direct: boolean('direct').notNull().default(false),
    homeOpenedAt: instant('home_opened_at'),
  },
  (table) => [primaryKey({ columns: [table.teamId, table.userId] })],
)

/** Events that were taken: Slack sends one again until it is answered, and each is worked on once. */
export const slackEvents = pgTable(
  'slack_events',
  { id: text('id').primaryKey(), takenAt: instant('taken_at').notNull() },
  (table) => [index('slack_events_taken').on(table.takenAt)],
)

/** Files that stations upload before they import them. The address to put one at is signed and short-lived. */
export const uploads = pgTable(
  'uploads',
  {
    id: uuid('id').primaryKey(),
    stationId: uuid('station_id')
      .$type<StationId>()
      .notNull()
      .references(() => stations.id),
    name: text('name').notNull(),
    content: text('content'),
    createdAt: instant('created_at').notNull(),
    /** The run that was made of it: importing it again answers with the same one. */
    runId: uuid('run_id').$type<RunId>(),
  },
  (table) => [index('uploads_created').on(table.createdAt)],
)

/** Deliveries of webhooks that were taken: the same one again does nothing. */
export const webhookDeliveries = pgTable(
  'webhook_deliveries',
  { id: text('id').primaryKey(), takenAt: instant('taken_at').notNull() },
  (table) => [index('webhook_deliveries_taken').on(table.takenAt)],
)

/**
 * What a code host has said of a commit so far: its push, its workflows, its deployments, each with its newest word.
 * Kept whether or not a build of the commit is known yet: a success may come before the push that it belongs to.
 */
export const commitReports = pgTable(
  'commit_reports',
  {
    /** As owner/name, in lower case. */
    repository: text('repository').notNull(),
    sha: text('sha').notNull(),
    kind: text('kind', { enum: ['push', 'workflow', 'deployment'] }).notNull(),
    /** Which workflow, which environment; empty for the push. */
    key: text('key').notNull(),
    /** Of two reports under one key the one that ranks higher is the newer, whichever came first. */
    rank: bigint('rank', { mode: 'number' }).notNull(),
    state: text('state', { enum: ['running', 'passed', 'failed'] }).notNull(),
    body: jsonb('body').$type<Record<string, unknown>>().notNull(),
    at: instant('at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.repository, table.sha, table.kind, table.key] }),
    index('commit_reports_at').on(table.at),
  ],
)

/** Sessions of browsers. Of a token only its hash is kept. */
export const sessions = pgTable(
  'sessions',
  {
    tokenHash: text('token_hash').primaryKey(),
    /** The one rollout that it may see; null: everything. */
    rolloutId: uuid('rollout_id').$type<RolloutId>(),
    /** Who signed in with Slack; null: whoever had the link of the rollout. */
    person: jsonb('person').$type<{ team: string; user: string; name: string }>(),
    createdAt: instant('created_at').notNull(),
    expiresAt: instant('expires_at').notNull(),
    /** When it was signed out of; null while it was not. */
    endedAt: instant('ended_at'),
  },
  (table) => [index('sessions_by_expiry').on(table.expiresAt)],
)

/** Secrets and settings that the service makes for itself. */
export const keptSettings = pgTable('kept_settings', {
  name: text('name').primaryKey(),
  value: text('value').notNull(),
})
