// Runs a statement by name, so that PostgreSQL parses and plans it once a connection and not every time.
import type { SQL } from 'drizzle-orm'
import { PgDialect } from 'drizzle-orm/pg-core'
import type { Db } from './client.ts'

const dialect = new PgDialect()

/**
 * For the few statements of the hot path: drizzle prepares nothing by itself, and PostgreSQL then parses and plans each
 * time and is asked twice, once for the types of the parameters. Storing runs in groups of some sixty cost it 69–75 µs a
 * run prepared, 90–93 µs not. The embedded database takes the same way and prepares nothing. Their text must not depend on what is asked: all of it goes into parameters, or
 * every connection would keep each text for good. Columns as those of `rows`.
 */
export async function preparedRows<Row>(db: Db, name: string, statement: SQL): Promise<Row[]> {
  const query = dialect.sqlToQuery(statement)
  const result: unknown = await db._.session.prepareQuery(query, undefined, name, false).execute()
  const list = Array.isArray(result) ? result : (result as { rows: unknown[] }).rows
  return list as Row[]
}
