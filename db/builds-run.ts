// Which builds the canary stations really ran since they were confirmed on the new one.
import { sql } from 'drizzle-orm'
import type { ProcedureId, RolloutId, StationId } from '../server/domain/ids.ts'
import { hour, type Instant } from '../server/domain/instant.ts'
import { nilId } from './add-tallies.ts'
import { type Db, rows } from './client.ts'

/**
 * A run of base after the confirmation is of a third build too: what it shows is that the station did not stay. Runs
 * that nobody could attribute say nothing of it. The hour of the confirmation is read from the runs, later ones from
 * their tallies: a rollout of weeks would otherwise be read whole at every look.
 * @param confirmed canary stations and the moment from which each has the build.
 */
export async function buildsRun(
  db: Db,
  procedureId: ProcedureId,
  rolloutId: RolloutId,
  confirmed: { stationId: StationId; since: Instant }[],
): Promise<{ stationId: StationId; runs: number; third: number }[]> {
  if (confirmed.length === 0) return []
  const asked = confirmed.map(({ stationId, since }) => ({
    stationId,
    since: new Date(since).toISOString(),
    nextHour: new Date(Math.ceil(since / hour) * hour).toISOString(),
  }))
  return rows(
    db,
    sql`select c."stationId"::text as "stationId", sum(ran.runs)::int as runs,
          coalesce(sum(ran.runs) filter (where ran.deployment_id <> r.deployment_id), 0)::int as third
        from jsonb_to_recordset(${JSON.stringify(asked)}::text::jsonb)
            as c ("stationId" uuid, since timestamptz, "nextHour" timestamptz)
          join rollouts r on r.procedure_id = ${procedureId}::uuid and r.id = ${rolloutId}::uuid
          cross join lateral (
            select h.deployment_id, h.runs from hourly_tallies h
            where h.procedure_id = r.procedure_id and h.station_id = c."stationId" and h.hour >= c."nextHour"
              and h.runs > 0 and h.deployment_id <> ${nilId}::uuid and (r.ended_at is null or h.hour < r.ended_at)
            union all
            select t.deployment_id, 1 from runs t
            where t.procedure_id = r.procedure_id and t.station_id = c."stationId"
              and t.started_at >= c.since and t.started_at < c."nextHour"
              and t.deployment_id is not null and t.outcome <> 'ABORTED' and t.sample is null
              and not t.shadow) ran
        group by c."stationId" order by c."stationId"`,
  )
}
