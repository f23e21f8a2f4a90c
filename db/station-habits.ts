// What is usual for a station: how often it runs, and in which hours of the week.
import { sql } from 'drizzle-orm'
import type { ProcedureId, StationId } from '../server/domain/ids.ts'
import type { Instant } from '../server/domain/instant.ts'
import { day, hour } from '../server/domain/instant.ts'
import { type Db, rows } from './client.ts'

const habitRuns = 200

/** The median between the last 200 starts, in milliseconds; null for a station with fewer than two runs. */
export async function usualGaps(
  db: Db,
  procedureId: ProcedureId,
  stations: StationId[],
): Promise<Map<StationId, number | null>> {
  const found = await rows<{ id: StationId; gap: number | null }>(
    db,
    sql`select wanted.id::text as id, habit.gap from jsonb_array_elements_text(${JSON.stringify(stations)}::text::jsonb) as wanted (id)
        cross join lateral (
          select (percentile_cont(0.5) within group (order by date_part('epoch', started_at - earlier)) * 1000)::float8 as gap from (
            select started_at, lag(started_at) over (order by started_at) as earlier from (
              select started_at from runs where procedure_id = ${procedureId}::uuid and station_id = wanted.id::uuid
                and sample is null and not shadow order by started_at desc limit ${habitRuns}) recent) spaced) habit`,
  )
  return new Map(found.map(({ id, gap }) => [id, gap]))
}

/**
 * In which hours it ran one and two weeks before the stretch from each one's `since` to `now`, as their starts; null for
 * a station that was not there a week ago.
 */
export async function hoursWorked(
  db: Db,
  procedureId: ProcedureId,
  stations: { id: StationId; since: Instant }[],
  now: Instant,
): Promise<Map<StationId, Set<Instant> | null>> {
  const wanted = stations.map(({ id, since }) => ({
    id,
    from: new Date(Math.max(since, now - 7 * day) - hour).toISOString(),
  }))
  const found = await rows<{ id: StationId; known: boolean; hours: Instant[] | null }>(
    db,
    sql`select wanted.id::text as id,
          exists (select 1 from hourly_tallies t where t.procedure_id = ${procedureId}::uuid and t.station_id = wanted.id
            and t.hour <= ${new Date(now - 7 * day).toISOString()}::timestamptz) as known,
          (select jsonb_agg((extract(epoch from t.hour + make_interval(days => 7 * back.weeks)) * 1000)::float8)
            from (values (1), (2)) back (weeks)
            join hourly_tallies t on t.procedure_id = ${procedureId}::uuid and t.station_id = wanted.id and t.runs > 0
              and t.hour >= wanted."from" - make_interval(days => 7 * back.weeks)
              and t.hour <= ${new Date(now).toISOString()}::timestamptz - make_interval(days => 7 * back.weeks)) as hours
        from jsonb_to_recordset(${JSON.stringify(wanted)}::text::jsonb) as wanted (id uuid, "from" timestamptz)`,
  )
  return new Map(found.map(({ id, known, hours }) => [id, known ? new Set(hours ?? []) : null]))
}
