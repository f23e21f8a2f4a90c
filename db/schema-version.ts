// Whether the schema is the one that this version was written for, or a later one: a dump of before may have been put back
// under a process that goes on running.
import { readFileSync } from 'node:fs'
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { type Db, rows } from './client.ts'

const journal = z.object({ entries: z.array(z.object({ when: z.number(), tag: z.string() })).min(1) })

/** @returns what is known of the newest migration that is asked of a database. */
export function schemaVersion() {
  const path = new URL('./migrations/meta/_journal.json', import.meta.url)
  const { entries } = journal.parse(JSON.parse(readFileSync(path, 'utf8')))
  const [newest] = entries.toSorted((a, b) => b.when - a.when)
  if (!newest) throw new Error('expected a migration in the journal, got none')
  return {
    newest: newest.tag,
    /** A later one is fine: migrations only expand. */
    async isThere(db: Db): Promise<boolean> {
      const [found] = await rows<{ isThere: boolean }>(
        db,
        sql`select coalesce(max(created_at), 0) >= ${newest.when}::bigint as "isThere" from drizzle.__drizzle_migrations`,
      )
      return found?.isThere ?? false
    },
  }
}
