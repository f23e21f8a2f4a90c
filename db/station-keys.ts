// Keys of stations: kept as hashes, noted when used, ended when replaced or revoked.
import { and, asc, desc, eq, getTableColumns, gt, inArray, isNull, or, sql } from 'drizzle-orm'
import type { StationId } from '../server/domain/ids.ts'
import type { Db } from './client.ts'
import { announceStations } from './pins.ts'
import type { Station } from './registry.ts'
import { stationKeys, stations } from './schema/stations.ts'

export type StationKey = typeof stationKeys.$inferSelect

/** The station that this key is of, and the key, which may have ended. */
export async function stationByKeyHash(
  db: Db,
  hash: string,
): Promise<{ station: Station; key: Pick<StationKey, 'endsAt' | 'lastUsedAt'> } | null> {
  const [found] = await db
    .select({
      station: getTableColumns(stations),
      key: { endsAt: stationKeys.endsAt, lastUsedAt: stationKeys.lastUsedAt },
    })
    .from(stationKeys)
    .innerJoin(stations, eq(stations.id, stationKeys.stationId))
    .where(eq(stationKeys.hash, hash))
  return found ?? null
}

export async function addStationKey(tx: Db, key: typeof stationKeys.$inferInsert): Promise<void> {
  await tx.insert(stationKeys).values(key)
  await announceStations(tx, sql`select ${key.stationId}::uuid as station_id`)
}

/** Whatever a station asks with its key is a sign of life. */
export async function noteKeyUsed(db: Db, stationId: StationId, hash: string, now: Date): Promise<void> {
  const at = now.toISOString()
  await db.execute(
    sql`with used as (update station_keys set last_used_at = ${at}::timestamptz where hash = ${hash} returning station_id)
        update stations set last_seen_at = greatest(last_seen_at, ${at}::timestamptz) where id = ${stationId}::uuid`,
  )
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
