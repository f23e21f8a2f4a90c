// First attempts of a rollout's stations by the hour, in either arm.
import { type SQL, sql } from 'drizzle-orm'
import type { ProcedureId, RolloutId, StationId } from '../server/domain/ids.ts'
import type { StationHour, StationNow } from '../server/domain/station-courses.ts'
import type { TimeRange } from '../server/domain/time-range.ts'
import { type Db, rows } from './client.ts'
import { countsThere } from './counts-there.ts'

type Of = { procedureId: ProcedureId; rolloutId: RolloutId; range: TimeRange | null }

export async function stationHours(db: Db, of: Of, stations: StationId[]): Promise<StationHour[]> {
  if (stations.length === 0) return []
  const asked = sql`t.station_id in (select value::uuid from jsonb_array_elements_text(${JSON.stringify(stations)}::text::jsonb))`
  return rows(
    db,
    sql`select (extract(epoch from t.hour) * 1000)::float8 as hour, ${counts} ${tallies(of)} and ${asked}
        group by t.hour, t.station_id, arm having sum(t.units) > 0 order by t.hour`,
  )
}

/** Of all stations together in that time. */
export async function stationsWithin(db: Db, of: Of): Promise<StationNow[]> {
  return rows(db, sql`select ${counts} ${tallies(of)} group by t.station_id, arm having sum(t.units) > 0`)
}

/** Runs of either arm in that time, and how many of them did not pass. */
export async function armRunsWithin(
  db: Db,
  of: Of,
): Promise<{ arm: 'canary' | 'base'; runs: number; failed: number }[]> {
  return rows(
    db,
    sql`select ${arm}, sum(t.runs)::int as runs, sum(t.runs - t.pass_runs)::int as failed ${tallies(of)} group by arm`,
  )
}

const arm = sql`case when t.deployment_id = r.deployment_id then 'canary' else 'base' end as arm`
const counts = sql`t.station_id::text as id, ${arm}, sum(t.units)::int as units, sum(t.passed)::int as passed`

function tallies({ procedureId, rolloutId, range }: Of): SQL {
  const inRange = range
    ? sql`t.hour >= ${new Date(range.from).toISOString()}::timestamptz and t.hour < ${new Date(range.to).toISOString()}::timestamptz`
    : sql`true`
  return sql`from rollouts r join hourly_tallies t on t.procedure_id = r.procedure_id
      and t.deployment_id in (r.deployment_id, r.base_deployment_id)
      and t.hour >= date_trunc('hour', r.started_at) and (r.ended_at is null or t.hour < r.ended_at)
    join rollout_stations s on s.procedure_id = t.procedure_id and s.rollout_id = r.id and s.station_id = t.station_id
    where r.procedure_id = ${procedureId}::uuid and r.id = ${rolloutId}::uuid and ${countsThere('t.hour', 's')} and ${inRange}`
}
