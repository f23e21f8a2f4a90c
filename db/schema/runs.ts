// Runs and what is counted of them by itself. They carry the procedure, so that they can be partitioned or distributed by it.
import { sql } from 'drizzle-orm'
import {
  boolean,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  text,
  uuid,
} from 'drizzle-orm/pg-core'
import type { DeploymentId, ProcedureId, RunId, StationId } from '../../server/domain/ids.ts'
import { counts, instant } from './columns.ts'

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
