// The chain of the record: each entry has the hash of what it is of and of the entry before it. Filled by triggers of the
// database (its migration), so that nothing can be written into the record without an entry.

import { sql } from 'drizzle-orm'
import { bigint, index, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core'
import type { ProcedureId } from '../../server/domain/ids.ts'

/** A chain a procedure; under the nil id what is of none: stations, access, the organisation's policy. */
export const auditEntries = pgTable(
  'audit_entries',
  {
    procedureId: uuid('procedure_id').$type<ProcedureId>().notNull(),
    id: bigint('id', { mode: 'number' }).generatedAlwaysAsIdentity(),
    /** The table that it is of, and there whose and which: a rollout, a station, a policy; a sequence, a version, an id. */
    source: text('source').notNull(),
    owner: text('owner').notNull(),
    item: bigint('item', { mode: 'number' }).notNull(),
    /** SHA-256 of the row's canonical form. */
    digest: text('digest').notNull(),
    /** Its place in the chain, from 1, and the hash up to it; both from the moment of the commit. */
    number: bigint('number', { mode: 'number' }),
    hash: text('hash'),
  },
  (table) => [
    primaryKey({ columns: [table.procedureId, table.id] }),
    unique('audit_entries_number').on(table.procedureId, table.number),
    unique('audit_entries_of').on(table.procedureId, table.source, table.owner, table.item),
    index('audit_entries_new').on(table.procedureId, table.id).where(sql`hash is null`),
  ],
)

/** How long each chain is, and its newest hash: what is cut off its end is missed. */
export const auditChains = pgTable('audit_chains', {
  procedureId: uuid('procedure_id').$type<ProcedureId>().primaryKey(),
  length: bigint('length', { mode: 'number' }).notNull(),
  hash: text('hash').notNull(),
})
