// How long the passed runs of either arm took: the median, and how many by size.
import { type SQL, sql } from 'drizzle-orm'
import { type DurationBin, stepsToDouble } from '../server/domain/duration-bins.ts'
import type { ProcedureId, RolloutId } from '../server/domain/ids.ts'
import type { TimeRange } from '../server/domain/time-range.ts'
import { type Db, rows } from './client.ts'
import { countsThere } from './counts-there.ts'

type Of = { procedureId: ProcedureId; rolloutId: RolloutId; range: TimeRange | null }
export type MedianSeconds = { canary: number | null; base: number | null }

/** Of each arm the last so many: neither its median nor the form of its distribution changes with more. */
const mostRuns = 2_000

/** @param of.range null: of the whole rollout. */
export async function passMedians(db: Db, of: Of): Promise<MedianSeconds> {
  const median = (build: SQL) =>
    sql`(select percentile_cont(0.5) within group (order by seconds)::float8 from ${lastPassed(build, of)})`
  const [found] = await rows<MedianSeconds>(
    db,
    sql`select ${median(sql`r.deployment_id`)} as canary, ${median(sql`r.base_deployment_id`)} as base
        from rollouts r where r.procedure_id = ${of.procedureId}::uuid and r.id = ${of.rolloutId}::uuid`,
  )
  return found ?? { canary: null, base: null }
}

export async function durationBins(db: Db, of: Of): Promise<DurationBin[]> {
  const bins = (arm: DurationBin['arm'], build: SQL) =>
    sql`select ${arm}::text as arm, floor(ln(greatest(seconds, 0.001)) / ln(2::float8) * ${sql.raw(String(stepsToDouble))})::int as bin
        from rollouts r cross join lateral ${lastPassed(build, of)}
        where r.procedure_id = ${of.procedureId}::uuid and r.id = ${of.rolloutId}::uuid`
  return rows(
    db,
    sql`select arm, bin, count(*)::int as runs
        from (${bins('canary', sql`r.deployment_id`)} union all ${bins('base', sql`r.base_deployment_id`)}) passed
        group by 1, 2 order by 1, 2`,
  )
}

/**
 * `seconds` of the last passed runs of a build in rollout `r`, without those of reference samples and shadow runs. Whether
 * a station takes part is asked run by run (hence the offset), from the newest back: joined, every run since the start
 * would be read for the last 2,000.
 */
function lastPassed(build: SQL, { range }: Of): SQL {
  const at = (moment: number) => sql`${new Date(moment).toISOString()}::timestamptz`
  const inRange = range
    ? sql`t.started_at >= ${at(range.from)} and t.started_at < ${at(range.to)}`
    : sql`true`
  return sql`(
    select extract(epoch from t.ended_at - t.started_at)::float8 as seconds
    from runs t
    where t.procedure_id = r.procedure_id and t.deployment_id = ${build} and t.outcome = 'PASS' and t.sample is null
      and not t.shadow and t.started_at >= r.started_at and (r.ended_at is null or t.started_at < r.ended_at)
      and ${inRange} and exists (select 1 from rollout_stations s
        where s.procedure_id = t.procedure_id and s.rollout_id = r.id and s.station_id = t.station_id
          and ${countsThere('t.started_at', 's')} offset 0)
    order by t.started_at desc limit ${sql.raw(String(mostRuns))}) passed`
}
