// Which builds the canary stations really ran since they were confirmed on the new one.
import { sql } from 'drizzle-orm'
import type { ProcedureId, RolloutId, StationId } from '../server/domain/ids.ts'
import type { Instant } from '../server/domain/instant.ts'
import { type Db, rows } from './client.ts'

/** @param confirmed canary stations and the moment from which each has the build. */
export async function buildsRun(
  db: Db,
  procedureId: ProcedureId,
  rolloutId: RolloutId,
  confirmed: { stationId: StationId; since: Instant }[],
): Promise<{ stationId: StationId; runs: number; third: number }[]> {
  if (confirmed.length === 0) return []
  const asked = confirmed.map(({ stationId, since }) => ({ stationId, since: new Date(since).toISOString() }))
  return rows(
    db,
    sql`select c."stationId"::text as "stationId", count(*)::int as runs,
          (count(*) filter (where t.deployment_id <> r.deployment_id))::int as third
        from jsonb_to_recordset(${JSON.stringify(asked)}::text::jsonb) as c ("stationId" uuid, since timestamptz)
          join rollouts r on r.procedure_id = ${procedureId}::uuid and r.id = ${rolloutId}::uuid
          join runs t on t.procedure_id = r.procedure_id and t.station_id = c."stationId" and t.started_at >= c.since
        where t.deployment_id is not null and (r.ended_at is null or t.started_at < r.ended_at)
        group by c."stationId" order by c."stationId"`,
  )
}
