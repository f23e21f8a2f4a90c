// Counts of each day, in the procedure's own zone, read from the hourly tallies: how a yield went over weeks.
import { sql } from 'drizzle-orm'
import type { DailyCounts } from '../server/domain/daily-counts.ts'
import type { DeploymentId, ProcedureId, StationId } from '../server/domain/ids.ts'
import type { Instant } from '../server/domain/instant.ts'
import { nilId } from './add-tallies.ts'
import { type Db, rows } from './client.ts'

/**
 * By build and day, oldest first, of the hours in [from, to). Runs of which nobody knows the build are left out.
 * 60 stations that never rest, eight weeks: 80,000 tallies, 0.2 s of a busy machine.
 */
export async function dailyCounts(
  db: Db,
  of: {
    procedureId: ProcedureId
    stationId?: StationId
    deploymentId?: DeploymentId
    from: Instant
    to: Instant
  },
): Promise<DailyCounts[]> {
  const { procedureId, stationId, deploymentId, from, to } = of
  return rows(
    db,
    sql`select jsonb_build_object('id', d.id, 'version', d.version) as build, days.day, days.units, days.passed, days.runs,
          days.errors, days.timeouts, days.pass_runs as "passRuns"
        from (
          select t.deployment_id, to_char(t.hour at time zone p.zone, 'YYYY-MM-DD') as day, sum(t.units)::int as units,
            sum(t.passed)::int as passed, sum(t.runs)::int as runs, sum(t.errors)::int as errors,
            sum(t.timeouts)::int as timeouts, sum(t.pass_runs)::int as pass_runs
          from hourly_tallies t join procedures p on p.id = t.procedure_id
          where t.procedure_id = ${procedureId}::uuid and t.deployment_id <> ${nilId}::uuid
            ${stationId === undefined ? sql`` : sql`and t.station_id = ${stationId}::uuid`}
            ${deploymentId === undefined ? sql`` : sql`and t.deployment_id = ${deploymentId}::uuid`}
            and t.hour >= ${new Date(from).toISOString()}::timestamptz and t.hour < ${new Date(to).toISOString()}::timestamptz
          group by 1, 2 having sum(t.runs) > 0) days
        join deployments d on d.id = days.deployment_id
        order by days.day, d.created_at, lower(d.version)`,
  )
}

/** The latest hour in which the build ran anywhere; null when it never did. */
export async function lastHourOf(
  db: Db,
  { id, procedureId }: { id: DeploymentId; procedureId: ProcedureId },
): Promise<Instant | null> {
  const [found] = await rows<{ hour: Instant | null }>(
    db,
    sql`select (extract(epoch from max(hour)) * 1000)::float8 as hour from hourly_tallies
        where procedure_id = ${procedureId}::uuid and deployment_id = ${id}::uuid and runs > 0`,
  )
  return found?.hour ?? null
}
