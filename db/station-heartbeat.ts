// The heartbeat of a station: what it does and how it is, of which the latest is kept.
import { sql } from 'drizzle-orm'
import type { StationId } from '../server/domain/ids.ts'
import type { Instant } from '../server/domain/instant.ts'
import { type Db, rows } from './client.ts'

/** By how much the station's clock is ahead, as last seen. */
export async function clockAhead(db: Db, stationId: StationId): Promise<number | null> {
  const [found] = await rows<{ ahead: number | null }>(
    db,
    sql`select clock_ahead_ms::float8 as ahead from stations where id = ${stationId}::uuid`,
  )
  return found?.ahead ?? null
}

/** `runStartedAt`: of the run that is going; null while none is. */
export async function keepHeartbeat(
  db: Db,
  stationId: StationId,
  heartbeat: {
    at: Instant
    runStartedAt: Instant | null
    clockAheadMs: number | null
    telemetry: Record<string, unknown>
    checks: Record<string, unknown>
  },
): Promise<void> {
  const { runStartedAt, telemetry, checks } = heartbeat
  const at = sql`${new Date(heartbeat.at).toISOString()}::timestamptz`
  const started = runStartedAt === null ? null : new Date(runStartedAt).toISOString()
  await db.execute(
    sql`update stations set busy = ${started}::timestamptz is not null, run_started_at = ${started}::timestamptz,
          clock_ahead_ms = ${heartbeat.clockAheadMs}::bigint, heartbeat_at = ${at}, last_seen_at = ${at},
          telemetry = ${JSON.stringify(telemetry)}::text::jsonb, checks = ${JSON.stringify(checks)}::text::jsonb
        where id = ${stationId}::uuid`,
  )
}
