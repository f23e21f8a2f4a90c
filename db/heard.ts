// Whether announcements of the database reach this process: one is sent, and has to come back.
import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import type { Database } from './client.ts'

const channel = 'firstpass_heard'

export async function announcementsHeard(database: Pick<Database, 'db' | 'listen'>) {
  const waiting = new Map<string, () => void>()
  const deaf = await database.listen(channel, (payload) => waiting.get(payload)?.())
  return {
    /** Resolves when one has come back; whoever asks says how long that may take. */
    async once(): Promise<void> {
      const mark = randomUUID()
      const { promise, resolve } = Promise.withResolvers<void>()
      waiting.set(mark, resolve)
      try {
        await database.db.execute(sql`select pg_notify(${channel}, ${mark}::text)`)
        await promise
      } finally {
        waiting.delete(mark)
      }
    },
    stop: deaf,
  }
}
