// What code hosts have said of commits, and which of their deliveries were taken.
import { and, eq, lt, sql } from 'drizzle-orm'
import type { Db } from './client.ts'
import { commitReports, webhookDeliveries } from './schema/doors.ts'

export type CommitReport = typeof commitReports.$inferSelect

/** False: it was taken before. */
export async function takeDelivery(tx: Db, id: string, at: number): Promise<boolean> {
  const taken = await tx
    .insert(webhookDeliveries)
    .values({ id, takenAt: new Date(at) })
    .onConflictDoNothing()
    .returning({ id: webhookDeliveries.id })
  return taken.length === 1
}

/** Two events of one commit at once would each miss what the other brings: one after the other, then. */
export async function lockCommit(tx: Db, repository: string, sha: string): Promise<void> {
  // The seed keeps these apart from the procedures' locks, which are taken after it.
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`${repository}@${sha}`}, 2))`)
}

/** False: something newer was reported under the same key before. */
export async function reportCommit(tx: Db, report: CommitReport): Promise<boolean> {
  const { rank, state, body, at } = report
  const kept = await tx
    .insert(commitReports)
    .values(report)
    .onConflictDoUpdate({
      target: [commitReports.repository, commitReports.sha, commitReports.kind, commitReports.key],
      set: { rank, state, body, at },
      setWhere: sql`${commitReports.rank} < excluded.rank`,
    })
    .returning({ sha: commitReports.sha })
  return kept.length === 1
}

export async function reportsOf(db: Db, repository: string, sha: string): Promise<CommitReport[]> {
  return db
    .select()
    .from(commitReports)
    .where(and(eq(commitReports.repository, repository), eq(commitReports.sha, sha)))
    .orderBy(commitReports.kind, commitReports.key)
}

export async function forgetDeliveries(db: Db, before: { taken: number; reported: number }): Promise<void> {
  await db.delete(webhookDeliveries).where(lt(webhookDeliveries.takenAt, new Date(before.taken)))
  await db.delete(commitReports).where(lt(commitReports.at, new Date(before.reported)))
}
