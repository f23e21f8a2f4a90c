// How long the passed runs of either arm took, by size.
import { type SQL, sql } from 'drizzle-orm'
import { type DurationBin, stepsToDouble } from '../server/domain/duration-bins.ts'
import type { ProcedureId, RolloutId } from '../server/domain/ids.ts'
import type { TimeRange } from '../server/domain/time-range.ts'
import { type Db, rows } from './client.ts'
import { countsThere } from './counts-there.ts'

/** Of each arm the last so many, 60 ms a page: the form of a distribution does not change with more. */
const mostRuns = 5_000

export async function durationBins(
  db: Db,
  procedureId: ProcedureId,
  rolloutId: RolloutId,
  range: TimeRange | null,
): Promise<DurationBin[]> {
  const at = (moment: number) => sql`${new Date(moment).toISOString()}::timestamptz`
  const inRange = range
    ? sql`t.started_at >= ${at(range.from)} and t.started_at < ${at(range.to)}`
    : sql`true`
  const lastOf = (arm: DurationBin['arm'], build: SQL) => sql`(
    select ${arm}::text as arm, extract(epoch from t.ended_at - t.started_at)::float8 as seconds
    from rollouts r join runs t on t.procedure_id = r.procedure_id and t.deployment_id = ${build}
      join rollout_stations s on s.procedure_id = t.procedure_id and s.rollout_id = r.id and s.station_id = t.station_id
    where r.procedure_id = ${procedureId}::uuid and r.id = ${rolloutId}::uuid and t.outcome = 'PASS' and t.sample is null
      and not t.shadow and t.started_at >= r.started_at and (r.ended_at is null or t.started_at < r.ended_at)
      and ${countsThere('t.started_at', 's')} and ${inRange}
    order by t.started_at desc limit ${sql.raw(String(mostRuns))})`
  return rows(
    db,
    sql`select arm, floor(ln(greatest(seconds, 0.001)) / ln(2::float8) * ${sql.raw(String(stepsToDouble))})::int as bin, count(*)::int as runs
        from (${lastOf('canary', sql`r.deployment_id`)} union all ${lastOf('base', sql`r.base_deployment_id`)}) passed
        group by 1, 2 order by 1, 2`,
  )
}
