// One mark for each table, that changes with any of its rows: whether a refused request has left something behind.
import { sql } from 'drizzle-orm'
import { type Db, rows } from '../../../db/client.ts'

/** A station was seen, whatever came of its request. */
const notCompared: string[] = []

export async function tableMarks(db: Db): Promise<Record<string, string>> {
  const tables = await rows<{ name: string }>(
    db,
    sql`select relname::text as name from pg_class
        where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition order by relname`,
  )
  const each = tables
    .filter(({ name }) => !notCompared.includes(name))
    .map(
      ({ name }) =>
        sql`select ${name}::text as name, count(*)::text || ' ' || coalesce(sum(hashtext(t::text)::bigint), 0)::text as mark from ${sql.identifier(name)} t`,
    )
  const found = await rows<{ name: string; mark: string }>(db, sql.join(each, sql` union all `))
  return Object.fromEntries(found.map(({ name, mark }) => [name, mark]))
}
