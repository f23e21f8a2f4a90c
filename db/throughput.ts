// How many runs two groups of stations reported since a moment: whether one of them has fallen silent.
import { sql } from 'drizzle-orm'
import type { ProcedureId, StationId } from '../server/domain/ids.ts'
import type { Instant } from '../server/domain/instant.ts'
import { type Db, rows } from './client.ts'

/** Runs of every build, aborted ones too: what is asked is whether the station reports at all. */
export async function runsSince(
  db: Db,
  procedureId: ProcedureId,
  stations: StationId[],
  since: Instant,
): Promise<{ stationId: StationId; runs: number }[]> {
  if (stations.length === 0) return []
  return rows(
    db,
    sql`select t.station_id::text as "stationId", count(*)::int as runs from runs t
        where t.procedure_id = ${procedureId}::uuid and t.started_at >= ${new Date(since).toISOString()}::timestamptz
          and t.station_id in (select (jsonb_array_elements_text(${JSON.stringify(stations)}::text::jsonb))::uuid)
        group by t.station_id`,
  )
}
