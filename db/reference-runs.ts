// Reference samples (units known to be good or bad) that a rollout's stations tested on the new build.
import { sql } from 'drizzle-orm'
import type { ProcedureId, RolloutId, StationId } from '../server/domain/ids.ts'
import type { RunOutcome } from '../server/domain/run.ts'
import { type Db, rows } from './client.ts'

/** Since the start; the latest 200. */
export async function referenceRuns(
  db: Db,
  procedureId: ProcedureId,
  rolloutId: RolloutId,
): Promise<{ stationId: StationId; serial: string; sample: 'golden' | 'failing'; outcome: RunOutcome }[]> {
  return rows(
    db,
    sql`select t.station_id::text as "stationId", t.serial, t.sample, t.outcome
        from rollouts r join runs t on t.procedure_id = r.procedure_id and t.deployment_id = r.deployment_id
          join rollout_stations s on s.procedure_id = t.procedure_id and s.rollout_id = r.id and s.station_id = t.station_id
        where r.procedure_id = ${procedureId}::uuid and r.id = ${rolloutId}::uuid and t.sample in ('golden', 'failing')
          and t.started_at >= r.started_at and (r.ended_at is null or t.started_at < r.ended_at)
        order by t.started_at desc, t.id limit 200`,
  )
}
