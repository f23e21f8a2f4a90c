// What the stations of a rollout last told of themselves.
import { sql } from 'drizzle-orm'
import type { ProcedureId, RolloutId, StationId } from '../server/domain/ids.ts'
import type { Instant } from '../server/domain/instant.ts'
import { type Db, rows } from './client.ts'

/**
 * `at`: null when it never sent a heartbeat. A check of the same name as a telemetry value stands before it;
 * both are there as a whole too, as `telemetry` and `checks`.
 */
export async function lastHeartbeats(
  db: Db,
  procedureId: ProcedureId,
  rolloutId: RolloutId,
): Promise<{ stationId: StationId; at: Instant | null; fields: Record<string, unknown> }[]> {
  return rows(
    db,
    sql`select s.id::text as "stationId", (extract(epoch from s.heartbeat_at) * 1000)::float8 as at,
          jsonb_build_object('telemetry', s.telemetry, 'checks', s.checks) || s.telemetry || s.checks as fields
        from rollout_stations r join stations s on s.id = r.station_id
        where r.procedure_id = ${procedureId}::uuid and r.rollout_id = ${rolloutId}::uuid order by s.id`,
  )
}

export async function stationNames(
  db: Db,
  procedureId: ProcedureId,
  rolloutId: RolloutId,
): Promise<Record<StationId, string>> {
  const found = await rows<{ id: StationId; name: string }>(
    db,
    sql`select s.id::text as id, s.name from rollout_stations r join stations s on s.id = r.station_id
        where r.procedure_id = ${procedureId}::uuid and r.rollout_id = ${rolloutId}::uuid`,
  )
  return Object.fromEntries(found.map(({ id, name }) => [id, name]))
}
