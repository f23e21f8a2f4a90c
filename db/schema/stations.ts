// Stations with their keys, what they are asked to run and say that they took, and what is wrong with them.
import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  index,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import type { Actor } from '../../server/domain/actor.ts'
import type { DeploymentId, ProcedureId, RolloutId, RunId, StationId } from '../../server/domain/ids.ts'
import { instant } from './columns.ts'
import { procedures } from './procedures.ts'

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
