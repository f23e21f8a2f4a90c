// How the runs of a rollout's new build failed, and whether any other build of the procedure ever failed that way.
import { sql } from 'drizzle-orm'
import type { FailureMode } from '../server/domain/gates/question.ts'
import type { ProcedureId, RolloutId } from '../server/domain/ids.ts'
import { type Db, rows } from './client.ts'
import { countsThere } from './counts-there.ts'

const mostModes = 200
/** Of a mode that base has often shown it is enough to know that: 24 modes take 4 ms so, of 1,000 runs each 60 ms. */
const mostBaseRuns = 100

/**
 * Only ways that the canary arm has shown since the start; at most 200, the most frequent first. Of other builds at
 * most 100 runs a mode are counted. Runs that nobody could attribute may be of the new build: they tell nothing.
 */
export async function canaryFailureModes(
  db: Db,
  procedureId: ProcedureId,
  rolloutId: RolloutId,
): Promise<FailureMode[]> {
  return rows(
    db,
    // The failures first, by their own index, and then whose they were: by stations all of their runs would be read.
    // Base's in the order of their index: no more of a mode is read than is counted.
    sql`with shown as (
          select t.failure_mode as mode, count(*)::int as "canaryRuns", count(distinct t.unit)::int as "canaryUnits", r.deployment_id
          from rollouts r cross join lateral (
              select failure_mode, unit, station_id, started_at from runs
              where procedure_id = r.procedure_id and deployment_id = r.deployment_id and failure_mode is not null
                and started_at >= r.started_at and (r.ended_at is null or started_at < r.ended_at)
                and sample is null and not shadow offset 0) t
            join rollout_stations s on s.procedure_id = r.procedure_id and s.rollout_id = r.id and s.station_id = t.station_id
          where r.procedure_id = ${procedureId}::uuid and r.id = ${rolloutId}::uuid
            and ${countsThere('t.started_at', 's')}
          group by t.failure_mode, r.deployment_id order by 2 desc, 1 limit ${sql.raw(String(mostModes))})
        select mode, "canaryRuns", "canaryUnits", (
          select count(*)::int from (
            select 1 from runs b where b.procedure_id = ${procedureId}::uuid and b.failure_mode = shown.mode
              and b.deployment_id <> shown.deployment_id and b.sample is null and not b.shadow
            order by b.deployment_id limit ${sql.raw(String(mostBaseRuns))}) seen) as "baseRuns"
        from shown order by "canaryRuns" desc, mode`,
  )
}
