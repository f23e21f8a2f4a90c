// Keys of stations: kept as hashes, noted when used, ended when replaced or revoked.
import { and, asc, desc, eq, gt, inArray, isNull, or, sql } from 'drizzle-orm'
import type { StationId } from '../server/domain/ids.ts'
import type { Instant } from '../server/domain/instant.ts'
import { type Db, rows } from './client.ts'
import { announceStations } from './pins.ts'
import { stationKeys } from './schema/stations.ts'

export type StationKey = typeof stationKeys.$inferSelect

export async function addStationKey(tx: Db, key: typeof stationKeys.$inferInsert): Promise<void> {
  await tx.insert(stationKeys).values(key)
  await announceStations(tx, sql`select ${key.stationId}::uuid as station_id`)
}

export type KeyUse = { hash: string; stationId: StationId; at: Instant }

/**
 * Whatever a station asks with its key is a sign of life. Rows that somebody else is changing are passed over, unless it
 * is told to wait: with one use alone, that holds nothing which another could wait for.
 * @returns the hashes whose use is noted.
 */
export async function noteKeysUsed(
  db: Db,
  uses: KeyUse[],
  busyRows: 'pass over' | 'wait' = 'pass over',
): Promise<Set<string>> {
  const used = uses.map((use) => ({ ...use, at: new Date(use.at).toISOString() }))
  const busy = sql.raw(busyRows === 'wait' ? '' : 'skip locked')
  const noted = await rows<{ hash: string }>(
    db,
    sql`with used as (select * from jsonb_to_recordset(${JSON.stringify(used)}::text::jsonb) as each (hash text, "stationId" uuid, at timestamptz)),
        keys as (select k.hash, used."stationId", used.at from station_keys k join used on used.hash = k.hash
          order by k.hash for no key update of k ${busy}),
        seen as (select s.id, keys.hash, keys.at from stations s join keys on keys."stationId" = s.id
          order by s.id for no key update of s ${busy}),
        noted as (update station_keys set last_used_at = keys.at from keys where station_keys.hash = keys.hash)
        update stations set last_seen_at = greatest(last_seen_at, seen.at) from seen where stations.id = seen.id returning seen.hash`,
  )
  return new Set(noted.map(({ hash }) => hash))
}

/** Newest first, those that have ended too. */
export async function keysOf(db: Db, stationId: StationId): Promise<StationKey[]> {
  return db
    .select()
    .from(stationKeys)
    .where(eq(stationKeys.stationId, stationId))
    .orderBy(desc(stationKeys.createdAt), desc(stationKeys.endsAt))
}

/**
 * Ends the station's keys that go on beyond that moment; `prefix`: only those that begin so.
 * @returns the beginnings of those that it ended.
 */
export async function endKeys(
  tx: Db,
  stationId: StationId,
  { prefix, endsAt, why }: { prefix: string | null; endsAt: Date; why: string },
): Promise<string[]> {
  const ended = await tx
    .update(stationKeys)
    .set({ endsAt, endedWhy: why })
    .where(
      and(
        eq(stationKeys.stationId, stationId),
        prefix === null ? undefined : eq(stationKeys.prefix, prefix),
        or(isNull(stationKeys.endsAt), gt(stationKeys.endsAt, endsAt)),
      ),
    )
    .returning({ prefix: stationKeys.prefix })
  if (ended.length > 0) await announceStations(tx, sql`select ${stationId}::uuid as station_id`)
  return ended.map((key) => key.prefix)
}

/** The first characters of each station's newest key. */
export async function keyPrefixes(db: Db, ids: StationId[]): Promise<Map<StationId, string>> {
  if (ids.length === 0) return new Map()
  const found = await db
    .select({ id: stationKeys.stationId, prefix: stationKeys.prefix })
    .from(stationKeys)
    .where(inArray(stationKeys.stationId, ids))
    .orderBy(asc(stationKeys.createdAt), asc(stationKeys.endsAt))
  return new Map(found.map(({ id, prefix }) => [id, prefix]))
}
