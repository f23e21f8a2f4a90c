// What the doors keep: Slack's messages, workspaces and people, sessions of browsers, webhooks, secrets of our own.
import { bigint, boolean, index, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import type { RolloutId } from '../../server/domain/ids.ts'
import { instant } from './columns.ts'

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
