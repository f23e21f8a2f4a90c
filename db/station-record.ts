// What people did with a station: who, when and why.
import { desc, eq } from 'drizzle-orm'
import type { Actor } from '../server/domain/actor.ts'
import type { StationId } from '../server/domain/ids.ts'
import type { Db } from './client.ts'
import { stationEvents } from './schema/stations.ts'

export type StationEvent = typeof stationEvents.$inferSelect
export type StationAct =
  | 'registered'
  | 'changed'
  | 'linked'
  | 'unlinked'
  | 'key made'
  | 'key revoked'
  | 'pinned'
  | 'held'
  | 'given back'
  | 'excluded'
  | 'taken back in'
  | 'put into an experiment'
  | 'taken out of an experiment'

export async function recordStation(
  tx: Db,
  event: {
    stationId: StationId
    type: StationAct
    body?: Record<string, unknown>
    by: Actor
    why?: string | null
    at: Date
  },
): Promise<void> {
  await tx.insert(stationEvents).values({ body: {}, why: null, ...event })
}

/** Newest first. */
export async function stationRecord(db: Db, stationId: StationId, limit: number): Promise<StationEvent[]> {
  return db
    .select()
    .from(stationEvents)
    .where(eq(stationEvents.stationId, stationId))
    .orderBy(desc(stationEvents.id))
    .limit(limit)
}
