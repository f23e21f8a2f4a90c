// The last rollouts of a procedure that ran and have ended, with the stations that were first in their order.
import { sql } from 'drizzle-orm'
import type { DeploymentId, ProcedureId, RolloutId, StationId } from '../server/domain/ids.ts'
import type { Instant } from '../server/domain/instant.ts'
import { type Db, rows } from './client.ts'

export type EndedRolloutRow = {
  id: RolloutId
  version: string
  deploymentId: DeploymentId
  baseDeploymentId: DeploymentId
  startedAt: Instant
  /** When it was aborted or completed; what is counted later, its watch does. */
  endedAt: Instant
  stationCount: number
  /** At most as many as asked for. */
  stations: StationId[]
}

export async function endedRollouts(
  db: Db,
  procedureId: ProcedureId,
  most: { rollouts: number; stations: number },
): Promise<EndedRolloutRow[]> {
  return rows(
    db,
    sql`select r.id::text as id, d.version, r.deployment_id::text as "deploymentId", r.base_deployment_id::text as "baseDeploymentId",
          (extract(epoch from r.started_at) * 1000)::float8 as "startedAt",
          coalesce(r.state -> 'abort' ->> 'at', r.state ->> 'endedAt')::float8 as "endedAt",
          jsonb_array_length(r.state -> 'order') as "stationCount",
          (select jsonb_agg(o.id order by o.place) from jsonb_array_elements_text(r.state -> 'order') with ordinality o (id, place)
            where o.place <= ${most.stations}) as stations
        from rollouts r join deployments d on d.id = r.deployment_id
        where r.procedure_id = ${procedureId}::uuid and r.status in ('aborted', 'aborting', 'completed') and r.started_at is not null
        order by r.created_at desc limit ${most.rollouts}`,
  )
}
