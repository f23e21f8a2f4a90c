// Events of Slack that were taken, so that each is worked on once, however often Slack sends it.
import { lt } from 'drizzle-orm'
import type { Db } from './client.ts'
import { slackEvents } from './schema/doors.ts'

/** False: it was taken before. */
export async function takeSlackEvent(tx: Db, id: string, at: number): Promise<boolean> {
  const taken = await tx
    .insert(slackEvents)
    .values({ id, takenAt: new Date(at) })
    .onConflictDoNothing()
    .returning({ id: slackEvents.id })
  return taken.length === 1
}

export async function forgetSlackEvents(db: Db, before: number): Promise<void> {
  await db.delete(slackEvents).where(lt(slackEvents.takenAt, new Date(before)))
}
