// Counts of a rollout by arm and station, read from its tallies.
import { sql } from 'drizzle-orm'
import type { ProcedureId, RolloutId, StationId } from '../server/domain/ids.ts'
import type { Instant } from '../server/domain/instant.ts'
import type { Arm, Counts } from '../server/domain/tally.ts'
import { type Db, rows } from './client.ts'

export type ArmCounts = Counts & { arm: Arm; stationId: StationId }

export async function armCounts(
  db: Db,
  procedureId: ProcedureId,
  rolloutId: RolloutId,
): Promise<ArmCounts[]> {
  return rows<ArmCounts>(
    db,
    sql`select arm, station_id::text as "stationId", units, passed, runs, errors, timeouts, pass_runs as "passRuns",
          pass_ms::float8 as "passMs"
        from arm_tallies where procedure_id = ${procedureId}::uuid and rollout_id = ${rolloutId}::uuid
        order by arm, station_id`,
  )
}

/** Since when a station is in the run it is doing, as its heartbeats say; and how long its runs may take. */
export type StationClock = { stationId: StationId; heartbeatAt: Instant | null; runStartedAt: Instant | null }

export async function stationClocks(
  db: Db,
  procedureId: ProcedureId,
  rolloutId: RolloutId,
): Promise<StationClock[]> {
  return rows<StationClock>(
    db,
    sql`select s.id::text as "stationId", (extract(epoch from s.heartbeat_at) * 1000)::float8 as "heartbeatAt",
          case when s.busy then (extract(epoch from s.run_started_at) * 1000)::float8 end as "runStartedAt"
        from rollout_stations r join stations s on s.id = r.station_id
        where r.procedure_id = ${procedureId}::uuid and r.rollout_id = ${rolloutId}::uuid`,
  )
}

/**
 * Counts of runs that started at or after the arm's watermark: not to be judged yet, since of the runs that started
 * together the failures end first.
 */
export async function countsAfterWatermark(
  db: Db,
  procedureId: ProcedureId,
  rolloutId: RolloutId,
  watermark: { canary: Instant; base: Instant },
): Promise<ArmCounts[]> {
  const moments = sql`case when t.deployment_id = r.deployment_id then ${new Date(watermark.canary).toISOString()}::timestamptz
    else ${new Date(watermark.base).toISOString()}::timestamptz end`
  const earliest = new Date(Math.min(watermark.canary, watermark.base)).toISOString()
  const after = (table: string) => sql`
    ${sql.raw(table)} t join rollouts r on r.procedure_id = t.procedure_id and r.id = ${rolloutId}::uuid
      join rollout_stations s on s.procedure_id = t.procedure_id and s.rollout_id = r.id and s.station_id = t.station_id
    where t.procedure_id = ${procedureId}::uuid and t.started_at >= ${earliest}::timestamptz
      and t.deployment_id in (r.deployment_id, r.base_deployment_id)
      and t.started_at >= r.started_at and (r.ended_at is null or t.started_at < r.ended_at) and t.started_at >= ${moments}`
  const arm = sql.raw(`case when t.deployment_id = r.deployment_id then 'canary' else 'base' end`)
  return rows<ArmCounts>(
    db,
    sql`select arm, station_id::text as "stationId", sum(units)::int as units, sum(passed)::int as passed, sum(runs)::int as runs,
          sum(errors)::int as errors, sum(timeouts)::int as timeouts, 0 as "passRuns", 0 as "passMs"
        from (
          select ${arm} as arm, t.station_id, 0 as units, 0 as passed, 1 as runs, (t.outcome = 'ERROR')::int as errors,
            (t.outcome = 'TIMEOUT')::int as timeouts from ${after('runs')} and t.outcome <> 'ABORTED'
          union all
          select ${arm}, t.station_id, 1, t.passed::int, 0, 0, 0 from ${after('first_attempts')}
        ) late
        group by arm, station_id`,
  )
}

/** Median seconds of the last PASS runs of each arm, at most 2,000 an arm. */
export async function passMedians(
  db: Db,
  procedureId: ProcedureId,
  rolloutId: RolloutId,
): Promise<{ canary: number | null; base: number | null }> {
  const median = (deployment: string) => sql`(
    select (percentile_cont(0.5) within group (order by extract(epoch from ended_at - started_at)))::float8 from (
      select t.started_at, t.ended_at from runs t join rollout_stations s
        on s.procedure_id = t.procedure_id and s.rollout_id = r.id and s.station_id = t.station_id
      where t.procedure_id = r.procedure_id and t.deployment_id = ${sql.raw(`r.${deployment}`)} and t.outcome = 'PASS'
        and t.started_at >= r.started_at and (r.ended_at is null or t.started_at < r.ended_at)
      order by t.started_at desc limit 2000) last)`
  const [found] = await rows<{ canary: number | null; base: number | null }>(
    db,
    sql`select ${median('deployment_id')} as canary, ${median('base_deployment_id')} as base
        from rollouts r where r.procedure_id = ${procedureId}::uuid and r.id = ${rolloutId}::uuid`,
  )
  return found ?? { canary: null, base: null }
}

/** Counts of each hour and arm, for the charts. */
export async function hourlyArms(
  db: Db,
  procedureId: ProcedureId,
  rolloutId: RolloutId,
): Promise<
  {
    hour: Instant
    arm: 'canary' | 'base'
    units: number
    passed: number
    runs: number
    errors: number
    timeouts: number
  }[]
> {
  return rows(
    db,
    sql`select (extract(epoch from t.hour) * 1000)::float8 as hour,
          case when t.deployment_id = r.deployment_id then 'canary' else 'base' end as arm,
          sum(t.units)::int as units, sum(t.passed)::int as passed, sum(t.runs)::int as runs, sum(t.errors)::int as errors,
          sum(t.timeouts)::int as timeouts
        from rollouts r join hourly_tallies t on t.procedure_id = r.procedure_id
          and t.deployment_id in (r.deployment_id, r.base_deployment_id)
          and t.hour >= date_trunc('hour', r.started_at) and (r.ended_at is null or t.hour < r.ended_at)
        join rollout_stations s on s.procedure_id = t.procedure_id and s.rollout_id = r.id and s.station_id = t.station_id
        where r.procedure_id = ${procedureId}::uuid and r.id = ${rolloutId}::uuid
        group by 1, 2 having sum(t.runs) > 0 order by 1, 2`,
  )
}
