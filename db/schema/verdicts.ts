// What verdicts read, and verdicts with what they were computed from.
import {
  bigint,
  doublePrecision,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  text,
  unique,
  uuid,
} from 'drizzle-orm/pg-core'
import type { Verdict } from '../../server/domain/gates/verdict.ts'
import type { ProcedureId, RolloutId, StationId } from '../../server/domain/ids.ts'
import { bytea, counts, instant } from './columns.ts'
import { ofRollout } from './rollouts.ts'

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

/** Verdicts as they were given, with the counts they saw: the chart of evidence and the auditor's record. */
export const verdicts = pgTable(
  'verdicts',
  {
    procedureId: uuid('procedure_id').$type<ProcedureId>().notNull(),
    rolloutId: uuid('rollout_id').$type<RolloutId>().notNull(),
    id: bigint('id', { mode: 'number' }).generatedAlwaysAsIdentity(),
    at: instant('at').notNull(),
    verdict: jsonb('verdict').$type<Verdict>().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.procedureId, table.rolloutId, table.id] }),
    ofRollout('verdicts_rollout', table),
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
