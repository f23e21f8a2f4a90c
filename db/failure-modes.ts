// How the runs of a rollout's new build failed, and whether any other build of the procedure ever failed that way.
import { sql } from 'drizzle-orm'
import type { FailureMode } from '../server/domain/gates/question.ts'
import type { ProcedureId, RolloutId } from '../server/domain/ids.ts'
import { type Db, rows } from './client.ts'
import { countsThere } from './counts-there.ts'

const mostModes = 200
/** Of a mode that base has often shown it is enough to know that. */
const mostBaseRuns = 1_000

/**
 * Only ways that the canary arm has shown since the start; at most 200, the most frequent first. Of other builds at
 * most 1,000 runs a mode are counted. Runs that nobody could attribute may be of the new build: they tell nothing.
 */
export async function canaryFailureModes(
  db: Db,
  procedureId: ProcedureId,
  rolloutId: RolloutId,
): Promise<FailureMode[]> {
  return rows(
    db,
    sql`with shown as (
          select t.failure_mode as mode, count(*)::int as "canaryRuns", count(distinct t.unit)::int as "canaryUnits", r.deployment_id
          from rollouts r join runs t on t.procedure_id = r.procedure_id and t.deployment_id = r.deployment_id
            join rollout_stations s on s.procedure_id = t.procedure_id and s.rollout_id = r.id and s.station_id = t.station_id
          where r.procedure_id = ${procedureId}::uuid and r.id = ${rolloutId}::uuid and t.failure_mode is not null
            and t.sample is null and not t.shadow and t.started_at >= r.started_at and (r.ended_at is null or t.started_at < r.ended_at)
            and ${countsThere('t.started_at', 's')}
          group by t.failure_mode, r.deployment_id order by 2 desc, 1 limit ${sql.raw(String(mostModes))})
        select mode, "canaryRuns", "canaryUnits", (
          select count(*)::int from (
            select 1 from runs b where b.procedure_id = ${procedureId}::uuid and b.failure_mode = shown.mode
              and b.deployment_id <> shown.deployment_id and b.sample is null and not b.shadow
            limit ${sql.raw(String(mostBaseRuns))}) seen) as "baseRuns"
        from shown order by "canaryRuns" desc, mode`,
  )
}
