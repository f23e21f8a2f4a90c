// Tokens of the API: what each may do, and its secrets as hashes. And what people did with them.

import { sql } from 'drizzle-orm'
import { bigint, index, jsonb, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import type { Actor } from '../../server/domain/actor.ts'
import type { ApiTokenId, ProcedureId } from '../../server/domain/ids.ts'
import type { Scope } from '../../server/domain/scopes.ts'
import { instant } from './columns.ts'

export const apiTokens = pgTable(
  'api_tokens',
  {
    id: uuid('id').$type<ApiTokenId>().primaryKey(),
    name: text('name').notNull(),
    scopes: jsonb('scopes').$type<Scope[]>().notNull(),
    /** The only procedures that it may be used for; null: all. */
    procedures: jsonb('procedures').$type<ProcedureId[]>(),
    createdAt: instant('created_at').notNull(),
    createdBy: jsonb('created_by').$type<Actor>().notNull(),
    /** From then on none of its secrets opens anything; null: for as long as nobody changes that. */
    endsAt: instant('ends_at'),
    revokedAt: instant('revoked_at'),
    revokedWhy: text('revoked_why'),
  },
  (table) => [uniqueIndex('api_tokens_name').on(sql`lower(${table.name})`).where(sql`revoked_at is null`)],
)

/** As hashes only. A token has one, or two while it changes from one to the next. */
export const apiTokenSecrets = pgTable(
  'api_token_secrets',
  {
    hash: text('hash').primaryKey(),
    tokenId: uuid('token_id')
      .$type<ApiTokenId>()
      .notNull()
      .references(() => apiTokens.id),
    /** The first characters, so that a person can tell secrets apart. */
    prefix: text('prefix').notNull(),
    createdAt: instant('created_at').notNull(),
    endsAt: instant('ends_at'),
    lastUsedAt: instant('last_used_at'),
  },
  (table) => [index('api_token_secrets_token').on(table.tokenId)],
)

/** What people did with access: a token made, rotated, revoked. */
export const accessEvents = pgTable('access_events', {
  id: bigint('id', { mode: 'number' }).generatedAlwaysAsIdentity().primaryKey(),
  type: text('type').notNull(),
  body: jsonb('body').$type<Record<string, unknown>>().notNull(),
  by: jsonb('by').$type<Actor>().notNull(),
  why: text('why'),
  at: instant('at').notNull(),
})
