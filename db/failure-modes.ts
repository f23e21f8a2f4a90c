// How the runs of a rollout's new build failed, and whether any other build of the procedure ever failed that way.
import { sql } from 'drizzle-orm'
import type { ProcedureId, RolloutId } from '../server/domain/ids.ts'
import { type Db, rows } from './client.ts'

/** Only ways that the canary arm has shown since the start; at most 200, the most frequent first. */
export async function canaryFailureModes(
  db: Db,
  procedureId: ProcedureId,
  rolloutId: RolloutId,
): Promise<{ mode: string; canaryRuns: number; canaryUnits: number; baseRuns: number }[]> {
  return rows(
    db,
    sql`with shown as (
          select t.failure_mode as mode, count(*)::int as "canaryRuns", count(distinct t.unit)::int as "canaryUnits", r.deployment_id
          from rollouts r join runs t on t.procedure_id = r.procedure_id and t.deployment_id = r.deployment_id
            join rollout_stations s on s.procedure_id = t.procedure_id and s.rollout_id = r.id and s.station_id = t.station_id
          where r.procedure_id = ${procedureId}::uuid and r.id = ${rolloutId}::uuid and t.failure_mode is not null
            and t.sample is null and t.started_at >= r.started_at and (r.ended_at is null or t.started_at < r.ended_at)
          group by t.failure_mode, r.deployment_id order by 2 desc, 1 limit 200)
        select mode, "canaryRuns", "canaryUnits", (
          select count(*)::int from runs b where b.procedure_id = ${procedureId}::uuid and b.failure_mode = shown.mode
            and b.deployment_id is not null and b.deployment_id <> shown.deployment_id and b.sample is null) as "baseRuns"
        from shown order by "canaryRuns" desc, mode`,
  )
}
