// Rows of a large answer, a page at a time: they never stand in memory all at once.
import { type SQL, sql } from 'drizzle-orm'
import { type Db, rows } from './client.ts'

const pageSize = 5_000

/**
 * In a transaction only: the answer is as it was when it was asked for, whatever changes while it is read.
 * One such reading at a time, and to its end.
 */
export async function* pages<Row>(tx: Db, statement: SQL): AsyncGenerator<Row[]> {
  await tx.execute(sql`declare pages no scroll cursor for ${statement}`)
  for (;;) {
    const page = await rows<Row>(tx, sql`fetch ${sql.raw(String(pageSize))} from pages`)
    if (page.length > 0) yield page
    if (page.length < pageSize) break
  }
  await tx.execute(sql`close pages`)
}
