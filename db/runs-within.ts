// How stations ran a build in a stretch of time: when first and last, and where they paused for long.
import { sql } from 'drizzle-orm'
import type { DeploymentId, ProcedureId, StationId } from '../server/domain/ids.ts'
import type { Instant } from '../server/domain/instant.ts'
import type { RunsWithin } from '../server/domain/rollout/measured.ts'
import type { TimeRange } from '../server/domain/time-range.ts'
import { type Db, rows } from './client.ts'
import { believedStart } from './station-evidence.ts'

/**
 * @param leastPauseMs pauses that are not longer are left out.
 * @returns stations that started a run of production in [from, to). Of a station whose clock is off by more than a
 *   minute nothing is told: its times are not those of the stretch.
 */
export async function runsWithin(
  db: Db,
  {
    procedureId,
    deploymentId,
    span,
    leastPauseMs,
  }: { procedureId: ProcedureId; deploymentId: DeploymentId; span: TimeRange; leastPauseMs: number },
): Promise<Map<StationId, RunsWithin>> {
  const moment = (at: Instant) => sql`to_timestamp(${at}::float8 / 1000)`
  const found = await rows<RunsWithin & { stationId: StationId }>(
    db,
    sql`select station_id::text as "stationId", min(at) as first, max(at) as last,
          coalesce(jsonb_agg(jsonb_build_object('from', before, 'to', at) order by at)
            filter (where at - before > ${leastPauseMs}::float8), '[]'::jsonb) as pauses
        from (
          select station_id, at, lag(at) over (partition by station_id order by at) as before
          from (
            select r.station_id, (extract(epoch from ${believedStart}) * 1000)::float8 as at
            from runs r join stations s on s.id = r.station_id
            where r.procedure_id = ${procedureId}::uuid and r.deployment_id = ${deploymentId}::uuid and not r.shadow
              and r.started_at >= ${moment(span.from)} and r.started_at < ${moment(span.to)}
              and abs(coalesce(s.clock_ahead_ms, 0)) <= 60000
          ) starts
          where at >= ${span.from}::float8 and at < ${span.to}::float8
        ) paused
        group by station_id`,
  )
  return new Map(found.map(({ stationId, ...runs }) => [stationId, runs]))
}
