// Counts of a rollout by arm and station, read from its tallies.
import { sql } from 'drizzle-orm'
import type { ProcedureId, RolloutId, StationId } from '../server/domain/ids.ts'
import type { Instant } from '../server/domain/instant.ts'
import type { Arm, Counts } from '../server/domain/tally.ts'
import { type Db, rows } from './client.ts'
import { countsThere } from './counts-there.ts'

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
        where r.procedure_id = ${procedureId}::uuid and r.id = ${rolloutId}::uuid and ${countsThere('t.hour', 's')}
        group by 1, 2 having sum(t.runs) > 0 order by 1, 2`,
  )
}
