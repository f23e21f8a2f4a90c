// What each station tested in the days before a rollout, read from the hourly tallies: a look ahead needs no runs.
import { sql } from 'drizzle-orm'
import type { DeploymentId, ProcedureId, StationId } from '../server/domain/ids.ts'
import { day, hour, type Instant } from '../server/domain/instant.ts'
import { type Db, rows } from './client.ts'

/** First attempts of one station. */
export type RecentWork = {
  stationId: StationId
  /** Of any build, and when the first of these hours was. */
  units: number
  firstAt: Instant
  /** On the active build. */
  baseUnits: number
  basePassed: number
  /** On the active build, by day: the newest hours until there are 2,000 first attempts. `day` counts from 1970-01-01 UTC. */
  days: { day: number; n: number; bad: number }[]
}

export const recentDays = 14
/** As many as a rollout freezes of a station's past. */
const mostCounted = 2_000

/** Of the last 14 days, in whole hours; a station that tested nothing is left out. 60 stations, never at rest: 0.3 s at most. */
export async function recentWork(
  db: Db,
  asked: { procedureId: ProcedureId; baseDeploymentId: DeploymentId | null },
  now: Instant,
): Promise<RecentWork[]> {
  const from = new Date(Math.ceil((now - recentDays * day) / hour) * hour).toISOString()
  const base = sql`t.deployment_id = ${asked.baseDeploymentId}::uuid`
  return rows(
    db,
    sql`with recent as materialized (
          select t.station_id, t.hour, t.units, ${base} as on_base,
            case when ${base} then t.units else 0 end as base_units,
            case when ${base} then t.passed else 0 end as base_passed,
            sum(case when ${base} then t.units else 0 end) over (partition by t.station_id order by t.hour desc) as counted
          from hourly_tallies t join station_procedures l
            on l.procedure_id = t.procedure_id and l.station_id = t.station_id
          where t.procedure_id = ${asked.procedureId}::uuid and t.hour >= ${from}::timestamptz
            and t.hour <= ${new Date(now).toISOString()}::timestamptz and t.units > 0),
        by_day as (
          select station_id, floor(date_part('epoch', hour) / 86400)::int as day, sum(base_units)::int as n,
            sum(base_units - base_passed)::int as bad
          from recent where on_base and counted - base_units < ${mostCounted}::int group by 1, 2),
        days as (
          select station_id, jsonb_agg(jsonb_build_object('day', day, 'n', n, 'bad', bad) order by day) as days
          from by_day group by 1),
        totals as (
          select station_id, sum(units)::int as units, min(hour) as first, sum(base_units)::int as base_units,
            sum(base_passed)::int as base_passed
          from recent group by 1)
        select t.station_id::text as "stationId", t.units, (extract(epoch from t.first) * 1000)::float8 as "firstAt",
          t.base_units as "baseUnits", t.base_passed as "basePassed", coalesce(d.days, '[]'::jsonb) as days
        from totals t left join days d on d.station_id = t.station_id order by t.station_id`,
  )
}
