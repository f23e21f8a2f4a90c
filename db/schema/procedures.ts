// Procedures with their builds, what these test, what was done outside of rollouts, and what rollouts keep to.
import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  doublePrecision,
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
import type { AcceptedChange } from '../../server/domain/definition/changes.ts'
import type { Declared } from '../../server/domain/definition/declared.ts'
import type { Learned } from '../../server/domain/definition/learned.ts'
import type { DeploymentId, ProcedureId } from '../../server/domain/ids.ts'
import { instant } from './columns.ts'

/** `path`: the folder of a shared repository whose changes are this procedure's; empty: all of it. */
export type Repository = {
  owner: string
  name: string
  provider: 'github' | 'gitlab'
  gitlabProjectId: string | null
  path: string
}

export type Promotion = { by: Actor; at: number; from: 'preview' | 'development'; why: string | null }

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
    source: text('source', { enum: ['api', 'command line', 'github', 'tofupilot'] })
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
