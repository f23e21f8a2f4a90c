// The runs of a station, newest first, a page at a time.
import { sql } from 'drizzle-orm'
import type { StationId } from '../server/domain/ids.ts'
import type { Instant } from '../server/domain/instant.ts'
import type { StationRun } from '../server/domain/station-record.ts'
import { type Db, rows } from './client.ts'

/**
 * Of all procedures, also of those it is no longer linked to: a look into an index for each. `before`: only runs that
 * started earlier than that; runs of one moment come together, even beyond the limit.
 */
export async function runsOfStation(
  db: Db,
  stationId: StationId,
  { before, limit }: { before: Instant | null; limit: number },
): Promise<StationRun[]> {
  const earlier =
    before === null ? sql`` : sql`and started_at < ${new Date(before).toISOString()}::timestamptz`
  return rows(
    db,
    sql`select r.id::text as id, jsonb_build_object('id', p.id, 'name', p.name) as procedure, r.serial, r.outcome,
          (extract(epoch from r.started_at) * 1000)::float8 as "startedAt",
          (extract(epoch from r.ended_at) * 1000)::float8 as "endedAt",
          case when d.id is not null then jsonb_build_object('id', d.id, 'version', d.version) end as build,
          r.sample, r.shadow, r.failure_mode as "failureMode",
          exists (select 1 from first_attempts f where f.procedure_id = r.procedure_id and f.unit = r.unit and f.run_id = r.id)
            as "isFirstAttempt"
        from procedures p cross join lateral (
          select * from runs where procedure_id = p.id and station_id = ${stationId}::uuid ${earlier}
          order by started_at desc fetch first ${limit} rows with ties) r
        left join deployments d on d.id = r.deployment_id
        order by r.started_at desc fetch first ${limit} rows with ties`,
  )
}
