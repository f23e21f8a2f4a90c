// How many runs stations reported since a moment: whether some of them have fallen silent.
import { sql } from 'drizzle-orm'
import type { ProcedureId, StationId } from '../server/domain/ids.ts'
import { hour, type Instant } from '../server/domain/instant.ts'
import { nilId } from './add-tallies.ts'
import { type Db, rows } from './client.ts'

/**
 * Runs that could be counted: of any build that is known, in the whole hours since then and the present one. A station
 * whose runs come without their build is as silent to the gates as one that sends none.
 */
export async function runsSince(
  db: Db,
  procedureId: ProcedureId,
  stations: StationId[],
  since: Instant,
): Promise<{ stationId: StationId; runs: number }[]> {
  const from = new Date(Math.ceil(since / hour) * hour).toISOString()
  return rows(
    db,
    sql`select s.id::text as "stationId", sum(h.runs)::int as runs
        from (select station::uuid as id from jsonb_array_elements_text(${JSON.stringify(stations)}::text::jsonb) station) s
          join hourly_tallies h on h.procedure_id = ${procedureId}::uuid and h.station_id = s.id
            and h.hour >= ${from}::timestamptz and h.deployment_id <> ${nilId}::uuid
        group by s.id`,
  )
}
