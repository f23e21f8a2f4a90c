// What each station did on base before a rollout, frozen when it starts.
import { sql } from 'drizzle-orm'
import type { PastDay } from '../server/domain/gates/drift-noise.ts'
import type { DeploymentId, ProcedureId, RolloutId } from '../server/domain/ids.ts'
import { day, type Instant } from '../server/domain/instant.ts'
import { type Db, rows } from './client.ts'

const windowDays = 14
const windowUnits = 2000
/** Runs behind the usual duration and the usual gap of a station. */
const habitRuns = 200

/**
 * Freezes the past of the rollout's stations (those without one yet): first attempts and runs on base in the last 14
 * days, at most the last 2,000 of each, before `start`.
 */
export async function freezePasts(
  tx: Db,
  rollout: { procedureId: ProcedureId; id: RolloutId; baseDeploymentId: DeploymentId },
  start: Instant,
): Promise<void> {
  const before = new Date(start).toISOString()
  const after = new Date(start - windowDays * day).toISOString()
  await tx.execute(
    sql`update rollout_stations target set past_units = attempts.units, past_bad = attempts.bad, past_runs = ran.runs,
          past_errors = ran.errors, past_timeouts = ran.timeouts, past_p99_seconds = habit.p99, past_gap_seconds = habit.gap
        from rollout_stations s
        cross join lateral (
          select count(*)::int as units, (count(*) filter (where not passed))::int as bad from (
            select passed from first_attempts t
            where t.procedure_id = s.procedure_id and t.station_id = s.station_id and t.deployment_id = ${rollout.baseDeploymentId}::uuid
              and t.started_at >= ${after}::timestamptz and t.started_at < ${before}::timestamptz
            order by t.started_at desc limit ${windowUnits}) last) attempts
        cross join lateral (
          select count(*)::int as runs, (count(*) filter (where outcome = 'ERROR'))::int as errors,
            (count(*) filter (where outcome = 'TIMEOUT'))::int as timeouts from (
            select outcome from runs t
            where t.procedure_id = s.procedure_id and t.station_id = s.station_id and t.deployment_id = ${rollout.baseDeploymentId}::uuid
              and t.outcome <> 'ABORTED' and t.started_at >= ${after}::timestamptz and t.started_at < ${before}::timestamptz
            order by t.started_at desc limit ${windowUnits}) last) ran
        cross join lateral (
          select (percentile_cont(0.99) within group (order by extract(epoch from ended_at - started_at)))::float8 as p99,
            (percentile_cont(0.5) within group (order by extract(epoch from started_at - earlier)))::float8 as gap from (
            select started_at, ended_at, lag(started_at) over (order by started_at) as earlier from (
              select started_at, ended_at from runs t where t.procedure_id = s.procedure_id and t.station_id = s.station_id
                and t.started_at < ${before}::timestamptz order by t.started_at desc limit ${habitRuns}) recent) spaced) habit
        where s.procedure_id = ${rollout.procedureId}::uuid and s.rollout_id = ${rollout.id}::uuid
          and target.procedure_id = s.procedure_id and target.rollout_id = s.rollout_id and target.station_id = s.station_id
          and target.past_runs = 0`,
  )
}

/** The past of the rollout's stations by day, in the window that is frozen: what their wandering is estimated from. */
export async function pastDays(
  tx: Db,
  rollout: { procedureId: ProcedureId; id: RolloutId; baseDeploymentId: DeploymentId },
  start: Instant,
): Promise<PastDay[]> {
  const before = new Date(start).toISOString()
  const after = new Date(start - windowDays * day).toISOString()
  const ofPast = (table: string) => sql`${sql.raw(table)} t
    where t.procedure_id = ${rollout.procedureId}::uuid and t.deployment_id = ${rollout.baseDeploymentId}::uuid
      and t.station_id in (select station_id from rollout_stations
        where procedure_id = ${rollout.procedureId}::uuid and rollout_id = ${rollout.id}::uuid)
      and t.started_at >= ${after}::timestamptz and t.started_at < ${before}::timestamptz`
  const date = sql.raw('floor(extract(epoch from t.started_at) / 86400)::int')
  return rows<PastDay>(
    tx,
    sql`select station_id::text as "stationId", day, sum(units)::int as units, sum(bad)::int as bad, sum(runs)::int as runs,
          sum(errors)::int as errors, sum(timeouts)::int as timeouts
        from (
          select t.station_id, ${date} as day, 1 as units, (not t.passed)::int as bad, 0 as runs, 0 as errors, 0 as timeouts
          from ${ofPast('first_attempts')}
          union all
          select t.station_id, ${date}, 0, 0, 1, (t.outcome = 'ERROR')::int, (t.outcome = 'TIMEOUT')::int
          from ${ofPast('runs')} and t.outcome <> 'ABORTED'
        ) counted
        group by station_id, day order by station_id, day`,
  )
}
