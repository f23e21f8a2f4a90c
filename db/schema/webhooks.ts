// Addresses that are told of events, and what is still to be told to each. The messages are written by triggers of the
// database (their migration), in the transaction of the event: nothing can be recorded without those who asked hearing of it.
import { sql } from 'drizzle-orm'
import { bigint, index, integer, jsonb, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import type { Actor } from '../../server/domain/actor.ts'
import type { ProcedureId, WebhookId, WebhookMessageId } from '../../server/domain/ids.ts'
import { instant } from './columns.ts'

export const webhookEndpoints = pgTable('webhook_endpoints', {
  id: uuid('id').$type<WebhookId>().primaryKey(),
  url: text('url').notNull(),
  description: text('description').notNull(),
  /** Types of events, groups as `rollout.*`, or `*`. */
  events: jsonb('events').$type<string[]>().notNull(),
  /** Null: all, and what is of none. */
  procedures: jsonb('procedures').$type<ProcedureId[]>(),
  /** Encrypted for this endpoint: nothing of it can be read from a copy of the database. */
  sealedSecret: text('sealed_secret').notNull(),
  /** Signs beside the present one until its end. */
  sealedFormer: text('sealed_former'),
  formerEndsAt: instant('former_ends_at'),
  createdAt: instant('created_at').notNull(),
  createdBy: jsonb('created_by').$type<Actor>().notNull(),
  lastTakenAt: instant('last_taken_at'),
  /** Since when nothing was taken that was sent; null: the last was. */
  failingSince: instant('failing_since'),
  /** From then on nothing is queued for it, until somebody switches it on. */
  disabledAt: instant('disabled_at'),
  disabledWhy: text('disabled_why'),
  /** Deleted; its messages are kept as long as any. */
  endedAt: instant('ended_at'),
})

/** Without keys to other tables: a trigger that waits for the lock of another row would hold up a decision. */
export const webhookMessages = pgTable(
  'webhook_messages',
  {
    number: bigint('number', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    /** What the receiver knows it by, the same on every attempt. */
    id: uuid('id').$type<WebhookMessageId>().notNull().defaultRandom(),
    endpointId: uuid('endpoint_id').$type<WebhookId>().notNull(),
    type: text('type').notNull(),
    /** The row that it tells of: its table, and there whose and which. */
    source: text('source').notNull(),
    procedureId: uuid('procedure_id').$type<ProcedureId>(),
    owner: text('owner').notNull(),
    item: bigint('item', { mode: 'number' }).notNull(),
    at: instant('at').notNull(),
    state: text('state', { enum: ['waiting', 'taken', 'given up', 'called off'] })
      .notNull()
      .default('waiting'),
    attempts: integer('attempts').notNull().default(0),
    /** When it is sent next; while it is under way, when another process may. Null: never. */
    nextAt: instant('next_at'),
    lastAttemptAt: instant('last_attempt_at'),
    /** What the endpoint answered; null where nothing came. */
    lastStatus: integer('last_status'),
    lastError: text('last_error'),
  },
  (table) => [
    uniqueIndex('webhook_messages_id').on(table.id),
    index('webhook_messages_due').on(table.endpointId, table.nextAt).where(sql`next_at is not null`),
    index('webhook_messages_endpoint').on(table.endpointId, table.number),
    index('webhook_messages_at').on(table.at),
  ],
)
