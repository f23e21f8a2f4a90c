// The last first attempts of stations on one build, with what they measured.
import { sql } from 'drizzle-orm'
import type { DeploymentId, ProcedureId, StationId } from '../server/domain/ids.ts'
import type { Instant } from '../server/domain/instant.ts'
import type { RunOutcome } from '../server/domain/run.ts'
import { type Db, rows } from './client.ts'

export type AttemptRow = {
  stationId: StationId
  outcome: RunOutcome
  product: string | null
  startedAt: Instant
  detail: Record<string, unknown>
}

/**
 * At most `each` of every station. Of those that passed only the named phases, since the whole of a run may be some
 * hundred kilobytes; of those that failed all of them, because what is missing says where the test stopped.
 */
export async function lastFirstAttempts(
  db: Db,
  of: {
    procedureId: ProcedureId
    deploymentId: DeploymentId
    stations: StationId[]
    each: number
    phases: string[]
  },
): Promise<AttemptRow[]> {
  const names = sql`jsonb_build_object('names', ${JSON.stringify(of.phases)}::text::jsonb)`
  const part = (key: 'phases' | 'steps') =>
    sql`case when r.outcome = 'PASS' then jsonb_path_query_array(r.detail -> ${key}::text, '$[*] ? (@.name == $names[*])', ${names})
      else r.detail -> ${key}::text end`
  return rows(
    db,
    sql`select f.station_id::text as "stationId", r.outcome, r.product, (extract(epoch from f.started_at) * 1000)::float8 as "startedAt",
          jsonb_build_object('phases', ${part('phases')}, 'steps', ${part('steps')}) as detail
        from jsonb_array_elements_text(${JSON.stringify(of.stations)}::text::jsonb) as wanted (id)
        cross join lateral (select station_id, run_id, started_at from first_attempts
          where procedure_id = ${of.procedureId}::uuid and station_id = wanted.id::uuid and deployment_id = ${of.deploymentId}::uuid
          order by started_at desc limit ${of.each}) f
        join runs r on r.procedure_id = ${of.procedureId}::uuid and r.id = f.run_id`,
  )
}
