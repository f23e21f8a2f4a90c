// Reference samples (units known to be good or bad) that a rollout's stations tested on the new build.
import { sql } from 'drizzle-orm'
import type { ReferenceRun } from '../server/domain/gates/question.ts'
import type { ProcedureId, RolloutId } from '../server/domain/ids.ts'
import { type Db, rows } from './client.ts'
import { countsThere } from './counts-there.ts'

/** Since the start; the latest 200. One that a person stopped shows nothing. */
export async function referenceRuns(
  db: Db,
  procedureId: ProcedureId,
  rolloutId: RolloutId,
): Promise<ReferenceRun[]> {
  return rows(
    db,
    sql`select t.station_id::text as "stationId", t.serial, t.sample, t.outcome
        from rollouts r join runs t on t.procedure_id = r.procedure_id and t.deployment_id = r.deployment_id
          join rollout_stations s on s.procedure_id = t.procedure_id and s.rollout_id = r.id and s.station_id = t.station_id
        where r.procedure_id = ${procedureId}::uuid and r.id = ${rolloutId}::uuid and t.sample in ('golden', 'failing') and t.outcome <> 'ABORTED' and not t.shadow
          and t.started_at >= r.started_at and (r.ended_at is null or t.started_at < r.ended_at)
          and ${countsThere('t.started_at', 's')}
        order by t.started_at desc, t.id limit 200`,
  )
}
