// When stations were last heard of, and how often they run.
import { sql } from 'drizzle-orm'
import type { ProcedureId, StationId } from '../server/domain/ids.ts'
import type { Instant } from '../server/domain/instant.ts'
import { type Db, rows } from './client.ts'

export type StationHabit = {
  stationId: StationId
  /** When its last run arrived; null when it has none. */
  runAt: Instant | null
  usualGapSeconds: number | null
}

/** Runs of each procedure of a station that its usual gap is taken from. */
const habitRuns = 30

/** Of these stations, over all that they run; those without a run are left out. */
export async function stationHabits(db: Db, ids: StationId[]): Promise<StationHabit[]> {
  return rows(
    db,
    sql`with recent as (
          select l.station_id, t.started_at, t.received_at from station_procedures l
          cross join lateral (select started_at, received_at from runs
            where procedure_id = l.procedure_id and station_id = l.station_id and not shadow
            order by started_at desc limit ${sql.raw(String(habitRuns))}) t
          where l.station_id in (select value::uuid from jsonb_array_elements_text(${JSON.stringify(ids)}::text::jsonb)))
        select station_id::text as "stationId", (extract(epoch from max(received_at)) * 1000)::float8 as "runAt",
          (percentile_cont(0.5) within group (order by date_part('epoch', gap)))::float8 as "usualGapSeconds"
        from (select *, started_at - lag(started_at) over (partition by station_id order by started_at) as gap from recent) spaced
        group by station_id`,
  )
}

/** When the last run of each station of a procedure arrived: one look into an index for each. */
export async function lastRuns(db: Db, procedureId: ProcedureId): Promise<Map<StationId, Instant>> {
  const found = await rows<{ stationId: StationId; at: Instant }>(
    db,
    sql`select l.station_id::text as "stationId", (extract(epoch from t.received_at) * 1000)::float8 as at
        from station_procedures l
        cross join lateral (select received_at from runs where procedure_id = l.procedure_id and station_id = l.station_id
          order by started_at desc limit 1) t
        where l.procedure_id = ${procedureId}::uuid`,
  )
  return new Map(found.map(({ stationId, at }) => [stationId, at]))
}
