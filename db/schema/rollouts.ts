// Rollouts with their stations, their record, and what people asked of the units that they judged.
import { sql } from 'drizzle-orm'
import {
  type AnyPgColumn,
  bigint,
  doublePrecision,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import type { Actor } from '../../server/domain/actor.ts'
import type { ReplayAsked } from '../../server/domain/backtest/replay-asked.ts'
import type { ReplayResult } from '../../server/domain/backtest/replay-result.ts'
import type { DriftNoise } from '../../server/domain/gates/drift-noise.ts'
import type { UsualRates } from '../../server/domain/gates/mix.ts'
import type { Verdict } from '../../server/domain/gates/verdict.ts'
import type { DeploymentId, ProcedureId, RolloutId, StationId } from '../../server/domain/ids.ts'
import type { RolloutEvent } from '../../server/domain/rollout/events.ts'
import type { StationProgress, WithoutStations } from '../../server/domain/rollout/state.ts'
import { instant } from './columns.ts'
import { deployments, procedures } from './procedures.ts'

export const rollouts = pgTable(
  'rollouts',
  {
    procedureId: uuid('procedure_id')
      .$type<ProcedureId>()
      .notNull()
      .references(() => procedures.id),
    id: uuid('id').$type<RolloutId>().notNull(),
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
    state: jsonb('state').$type<WithoutStations>().notNull(),
    verdict: jsonb('verdict').$type<Verdict>(),
    /** Per metric, how much stations wander by themselves (log-odds): estimated from the past, frozen at the start. */
    driftNoise: jsonb('drift_noise').$type<DriftNoise>().notNull().default({}),
    /** Per metric and product × shift, the fleet's bad rate on base in the past, frozen at the start. */
    usualRates: jsonb('usual_rates').$type<UsualRates>().notNull().default({}),
    createdAt: instant('created_at').notNull(),
    /** Runs that started in [started, ended) belong to its arms; a completed rollout counts on while it is watched. */
    startedAt: instant('started_at'),
    endedAt: instant('ended_at'),
    /** When its last judging began, by the database's clock: another process need not look at the same evidence again. */
    judgedAt: instant('judged_at'),
  },
  (table) => [
    // By its id first, since that is how rollouts are asked for; the procedure is in it for all that lies beside.
    primaryKey({ columns: [table.id, table.procedureId] }),
    uniqueIndex('rollouts_one_live')
      .on(table.procedureId)
      .where(sql`status in ('pending', 'active', 'paused')`),
    index('rollouts_procedure').on(table.procedureId, table.createdAt),
    index('rollouts_live').on(table.status).where(sql`status in ('pending', 'active', 'paused', 'aborting')`),
    index('rollouts_watched').on(table.endedAt).where(sql`status = 'completed'`),
  ],
)

type OfRollout = { procedureId: AnyPgColumn; rolloutId: AnyPgColumn }

/** By the procedure as well: what belongs to a rollout lies where it does when the tables are distributed by procedure. */
export function ofRollout(name: string, { procedureId, rolloutId }: OfRollout) {
  return foreignKey({
    name,
    columns: [procedureId, rolloutId],
    foreignColumns: [rollouts.procedureId, rollouts.id],
  })
}

export const rolloutStations = pgTable(
  'rollout_stations',
  {
    procedureId: uuid('procedure_id').$type<ProcedureId>().notNull(),
    rolloutId: uuid('rollout_id').$type<RolloutId>().notNull(),
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
    ofRollout('rollout_stations_rollout', table),
    index('rollout_stations_station').on(table.stationId),
  ],
)

export const events = pgTable(
  'events',
  {
    procedureId: uuid('procedure_id').$type<ProcedureId>().notNull(),
    rolloutId: uuid('rollout_id').$type<RolloutId>().notNull(),
    /** 1, 2, 3 … without gaps in each rollout. */
    sequence: integer('sequence').notNull(),
    type: text('type').notNull(),
    body: jsonb('body').$type<RolloutEvent>().notNull(),
    at: instant('at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.procedureId, table.rolloutId, table.sequence] }),
    ofRollout('events_rollout', table),
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

/** Units that go through both builds, in matched pairs: one that failed on the new build, one that failed on base. */
export const retests = pgTable(
  'retests',
  {
    procedureId: uuid('procedure_id').$type<ProcedureId>().notNull(),
    rolloutId: uuid('rollout_id').$type<RolloutId>().notNull(),
    unit: text('unit').notNull(),
    serial: text('serial').notNull(),
    /** The arm that it failed in; it is to be tested again in the other one. */
    failedIn: text('failed_in', { enum: ['canary', 'base'] }).notNull(),
    pair: integer('pair').notNull(),
    askedBy: jsonb('asked_by').$type<Actor>().notNull(),
    askedAt: instant('asked_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.procedureId, table.rolloutId, table.unit] }),
    ofRollout('retests_rollout', table),
  ],
)

/** A named person's word that the units a build had judged were dealt with, and the very list that it was about. */
export const containmentSignOffs = pgTable(
  'containment_sign_offs',
  {
    procedureId: uuid('procedure_id').$type<ProcedureId>().notNull(),
    rolloutId: uuid('rollout_id').$type<RolloutId>().notNull(),
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
  (table) => [
    primaryKey({ columns: [table.procedureId, table.rolloutId, table.id] }),
    ofRollout('containment_sign_offs_rollout', table),
  ],
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
