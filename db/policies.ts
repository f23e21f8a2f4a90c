// Policies: every change is a row, and the newest of a scope is in force.
import { desc, eq, inArray, sql } from 'drizzle-orm'
import type { Actor } from '../server/domain/actor.ts'
import type { PolicyScope } from '../server/domain/policy.ts'
import type { Db } from './client.ts'
import { policies } from './schema/procedures.ts'

/** `body` as it was written: whoever reads it parses it. */
export type PolicyVersion = {
  version: number
  body: Record<string, unknown>
  by: Actor
  why: string | null
  at: Date
}

/** Of one moment, so one statement: what is in force for the organisation, and for a procedure where one is given. */
export async function policiesInForce(
  db: Db,
  scope: PolicyScope,
): Promise<{ organisation: PolicyVersion | null; procedure: PolicyVersion | null }> {
  const newest = await db
    .selectDistinctOn([policies.scope])
    .from(policies)
    .where(inArray(policies.scope, ['organisation', scope]))
    .orderBy(policies.scope, desc(policies.version))
  return {
    organisation: newest.find((row) => row.scope === 'organisation') ?? null,
    procedure: newest.find((row) => row.scope !== 'organisation') ?? null,
  }
}

/** Newest first. */
export async function policyHistory(db: Db, scope: PolicyScope): Promise<PolicyVersion[]> {
  return db.select().from(policies).where(eq(policies.scope, scope)).orderBy(desc(policies.version))
}

/** Until the transaction ends, nobody else changes the policy of this scope. */
export async function lockPolicy(tx: Db, scope: PolicyScope): Promise<void> {
  // The seed keeps these apart from the locks of procedures and commands.
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${scope}, 2))`)
}

/** The caller holds the scope's lock: `version` is one more than the newest. */
export async function appendPolicy(tx: Db, added: PolicyVersion & { scope: PolicyScope }): Promise<void> {
  await tx.insert(policies).values(added)
}
