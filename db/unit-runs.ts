// All runs of one unit, ranked: which attempt each was, on which station and build.
import { sql } from 'drizzle-orm'
import { type AttemptSettings, attemptDay, attemptRanks } from '../server/domain/attempt-rule.ts'
import type { DeploymentId, ProcedureId, RunId, StationId } from '../server/domain/ids.ts'
import type { Instant } from '../server/domain/instant.ts'
import type { AttributedBy, RunOutcome } from '../server/domain/run.ts'
import { type Db, rows } from './client.ts'

export type UnitRun = {
  id: RunId
  /** 1 for a first attempt; null for a run that was aborted, a shadow run or of a reference sample: it consumes none. */
  attempt: number | null
  outcome: RunOutcome
  startedAt: Instant
  endedAt: Instant
  station: { id: StationId; name: string }
  deployment: { id: DeploymentId; version: string } | null
  attributedBy: AttributedBy
  serial: string
  shadow: boolean
}

/**
 * Oldest first. Attempts are ranked over all runs of the unit, whatever station or build made them; by day where the
 * procedure's rule says so.
 */
export async function unitRuns(
  db: Db,
  procedureId: ProcedureId,
  unit: string,
  settings: AttemptSettings,
): Promise<UnitRun[]> {
  const found = await rows<Omit<UnitRun, 'attempt'> & { consumes: boolean }>(
    db,
    sql`select r.id::text as id, r.outcome, r.serial, r.attributed_by as "attributedBy", r.shadow,
          r.outcome <> 'ABORTED' and r.sample is null and not r.shadow as consumes,
          (extract(epoch from r.started_at) * 1000)::float8 as "startedAt", (extract(epoch from r.ended_at) * 1000)::float8 as "endedAt",
          jsonb_build_object('id', s.id, 'name', s.name) as station,
          case when d.id is null then null else jsonb_build_object('id', d.id, 'version', d.version) end as deployment
        from runs r join stations s on s.id = r.station_id left join deployments d on d.id = r.deployment_id
        where r.procedure_id = ${procedureId}::uuid and r.unit = ${unit}
        order by r.started_at, r.id`,
  )
  const ranks = attemptRanks(found, attemptDay(settings))
  return found.map((run) => {
    const { consumes: _, ...shown } = run
    return { ...shown, attempt: ranks.get(run) ?? null }
  })
}
