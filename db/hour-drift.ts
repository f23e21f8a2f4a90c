// Whether the tallies of an hour are those of its stored runs: read a procedure and an hour at a time, in one snapshot.
import { sql } from 'drizzle-orm'
import type { DeploymentId, ProcedureId, StationId } from '../server/domain/ids.ts'
import type { Instant } from '../server/domain/instant.ts'
import { nilId } from './add-tallies.ts'
import { type Db, rows } from './client.ts'
import { runsKeptSince } from './run-deletion.ts'

export type HourDrift = {
  /** The nil id for runs that nobody could attribute. */
  deploymentId: DeploymentId
  stationId: StationId
  tallied: Record<string, number>
  stored: Record<string, number>
}

const counted = ['units', 'passed', 'runs', 'errors', 'timeouts', 'pass_runs', 'pass_ms']
const numbersOf = (table: string) =>
  sql.raw(
    `jsonb_build_object(${counted.map((name) => `'${name}', coalesce(${table}.${name}, 0)`).join(', ')})`,
  )

/**
 * What differs, at most 50 places; nothing while all is right. Runs are found build by build and tallies station by station,
 * as their indexes have them: what else is stored does not matter.
 * @param hour its beginning.
 */
export async function hourDrift(db: Db, procedureId: ProcedureId, hour: Instant): Promise<HourDrift[]> {
  // Its runs were deleted: the tallies are all there is.
  if (hour < ((await runsKeptSince(db)) ?? Number.NEGATIVE_INFINITY)) return []
  const begin = sql`${new Date(hour).toISOString()}::timestamptz`
  const within = sql`procedure_id = ${procedureId}::uuid and started_at >= ${begin} and started_at < ${begin} + interval '1 hour'`
  return rows(
    db,
    sql`with ran as (
          select t.* from deployments d cross join lateral (
            select * from runs where deployment_id = d.id and ${within} offset 0) t
          where d.procedure_id = ${procedureId}::uuid
          union all
          select * from runs where deployment_id is null and ${within}),
        stored as (
          select coalesce(t.deployment_id, ${nilId}::uuid) as deployment_id, t.station_id, count(*) as runs,
            count(first.passed) as units, count(*) filter (where first.passed) as passed,
            count(*) filter (where t.outcome = 'ERROR') as errors, count(*) filter (where t.outcome = 'TIMEOUT') as timeouts,
            count(*) filter (where t.outcome = 'PASS') as pass_runs,
            coalesce(sum(round(date_part('epoch', t.ended_at - t.started_at) * 1000)) filter (where t.outcome = 'PASS'), 0) as pass_ms
          from ran t left join lateral (select f.passed from first_attempts f
            where f.procedure_id = t.procedure_id and f.unit = t.unit and f.run_id = t.id limit 1) first on true
          where t.outcome <> 'ABORTED' and t.sample is null and not t.shadow
          group by 1, 2),
        benches as (
          select station_id from station_procedures where procedure_id = ${procedureId}::uuid
          union select station_id from stored),
        tallied as (
          select h.* from benches b cross join lateral (
            select * from hourly_tallies
            where procedure_id = ${procedureId}::uuid and station_id = b.station_id and hour = ${begin} offset 0) h)
        select deployment_id::text as "deploymentId", station_id::text as "stationId",
          ${numbersOf('tallied')} as tallied, ${numbersOf('stored')} as stored
        from tallied full join stored using (deployment_id, station_id)
        where ${numbersOf('tallied')} <> ${numbersOf('stored')}
        order by 1, 2 limit 50`,
  )
}
