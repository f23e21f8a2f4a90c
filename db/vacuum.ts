// Tidies the embedded database, which has no autovacuum: without it plans go stale and dead rows pile up.
import type { PgliteThread } from './pglite-thread.ts'

/** Table by table, so that whoever waits comes between two of them: the whole at once would hold up everything. */
export async function vacuum(thread: PgliteThread): Promise<void> {
  // A partitioned table has no rows of its own: only what is known of it as a whole is looked at anew.
  const { rows } = await thread.query(
    `select format('%s %I.%I', case relkind when 'p' then 'ANALYZE' else 'VACUUM ANALYZE' end, nspname, relname) as statement
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where relkind in ('r', 'p') and relpersistence = 'p' and not relisshared and nspname <> 'information_schema' order by relname`,
  )
  for (const { statement } of rows) await thread.exec(String(statement))
}

/** Soon after the start, and then every hour, until the returned function is called. */
export function vacuumNowAndThen(thread: PgliteThread): () => void {
  const clean = () => void vacuum(thread).catch(() => {})
  const soon = setTimeout(clean, 2 * 60_000)
  const hourly = setInterval(clean, 60 * 60_000)
  soon.unref()
  hourly.unref()
  return () => {
    clearTimeout(soon)
    clearInterval(hourly)
  }
}
