// The rollouts that took a station, newest first, and how it did in them.
import { sql } from 'drizzle-orm'
import type { StationId } from '../server/domain/ids.ts'
import type { RolloutOfStation } from '../server/domain/station-record.ts'
import { type Db, rows } from './client.ts'

/** Those that asked it to run the new build, or counted runs of it there. Its own past is as it was frozen at the start. */
export async function rolloutsOfStation(
  db: Db,
  stationId: StationId,
  limit: number,
): Promise<RolloutOfStation[]> {
  return rows(
    db,
    sql`select r.id::text as id, r.status, jsonb_build_object('id', p.id, 'name', p.name) as procedure,
          jsonb_build_object('id', d.id, 'version', d.version) as build, m.progress ->> 'status' as station,
          coalesce((m.progress ->> 'stageIndex')::int,
            case when coalesce(c.runs, 0) > 0 then -1 end) as "stageIndex",
          (extract(epoch from coalesce(r.started_at, r.created_at)) * 1000)::float8 as "startedAt",
          coalesce(c.units, 0)::int as units, coalesce(c.passed, 0)::int as passed, coalesce(c.runs, 0)::int as runs,
          coalesce(c.errors, 0)::int as errors, m.past_units::int as "pastUnits", (m.past_units - m.past_bad)::int as "pastPassed"
        from rollout_stations m
        join rollouts r on r.procedure_id = m.procedure_id and r.id = m.rollout_id
        join procedures p on p.id = r.procedure_id
        join deployments d on d.id = r.deployment_id
        left join arm_tallies c on c.procedure_id = m.procedure_id and c.rollout_id = m.rollout_id and c.arm = 'canary'
          and c.station_id = m.station_id
        where m.station_id = ${stationId}::uuid
          and (m.progress ->> 'status' in ('pinned', 'pulled', 'confirmed', 'reverting', 'reverted') or coalesce(c.runs, 0) > 0)
        order by r.created_at desc limit ${limit}`,
  )
}
