// What a transaction announces by NOTIFY. Others hear it some milliseconds after the commit, over a connection of their
// own; the process that committed hears it before the commit returns, so that it answers nobody from what it knew before.
import type { Db } from './client.ts'

type Announcement = { channel: string; payload: string }

/** By transaction. The notification itself is the statement's own: `pg_notify`. */
const announcedIn = new WeakMap<object, Announcement[]>()

/** Notes that a statement of the transaction has notified of these. */
export function noteAnnounced(tx: Db, channel: string, payloads: string[]): void {
  announcedIn.get(tx)?.push(...payloads.map((payload) => ({ channel, payload })))
}

/** Makes what the transactions of `db` announce be heard at once. What is rolled back is not. */
export function hearingItself<Own extends Db>(
  db: Own,
  hear: (channel: string, payload: string) => void,
): Own {
  const begin = db.transaction.bind(db)
  db.transaction = async (work, config) => {
    const announced: Announcement[] = []
    const result = await begin((tx) => {
      announcedIn.set(tx, announced)
      return work(tx)
    }, config)
    for (const { channel, payload } of announced) hear(channel, payload)
    return result
  }
  return db
}
