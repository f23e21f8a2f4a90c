// What somebody with every right over the database does to it, past the triggers that keep the record.
import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'

export async function behindItsBack(db: Db, ...statements: SQL[]): Promise<void> {
  await db.transaction((tx) => tamper(tx, statements))
}

/** Within a transaction that may be rolled back. */
export async function tamper(tx: Db, statements: SQL[]): Promise<void> {
  await tx.execute(sql`set local session_replication_role = replica`)
  for (const statement of statements) await tx.execute(statement)
  await tx.execute(sql`set local session_replication_role = origin`)
}
