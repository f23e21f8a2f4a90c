// How runs failed: the kinds of failure there were, and how often each happened once they are sorted into categories.
import { type SQL, sql } from 'drizzle-orm'
import type { CountedFailures, FailureKind, SortedKind } from '../server/domain/failures/failure-count.ts'
import type { ProcedureId, RolloutId } from '../server/domain/ids.ts'
import type { Instant } from '../server/domain/instant.ts'
import type { TimeRange } from '../server/domain/time-range.ts'
import { type Db, rows } from './client.ts'

/** Which failures: of both arms of a rollout since its start or in a part of that time, or of a procedure's runs that started in [from, to). */
export type FailuresOf =
  | { procedureId: ProcedureId; rolloutId: RolloutId; range?: TimeRange | null }
  | { procedureId: ProcedureId; from: Instant; to: Instant }

/** What differs only in the value measured is one kind. The most frequent first, at most so many. */
export async function failureKinds(db: Db, of: FailuresOf, most: number): Promise<FailureKind[]> {
  return rows(
    db,
    sql`select mode, outcome, said as text, count(*)::int as runs, bool_or(arm = 'canary') as "inCanary"
        from ${failed(of)} f group by 1, 2, 3 order by 4 desc, 1, 3 limit ${sql.raw(String(most))}`,
  )
}

/** The last failures of a procedure since then, each by itself, the newest first. */
export async function lastFailures(
  db: Db,
  procedureId: ProcedureId,
  since: Instant,
  most: number,
): Promise<Pick<FailureKind, 'mode' | 'outcome' | 'text'>[]> {
  const limit = sql.raw(String(most))
  return rows(
    db,
    sql`select t.failure_mode as mode, t.outcome, t.failure_text as text from deployments d cross join lateral (
          select * from runs where procedure_id = d.procedure_id and deployment_id = d.id and started_at >= ${at(since)}
            and failure_mode is not null and sample is null and not shadow
          order by started_at desc limit ${limit}) t
        where d.procedure_id = ${procedureId}::uuid order by t.started_at desc limit ${limit}`,
  )
}

/** Failures of a kind that is not among the given ones are counted as unknown, without their mode. */
export async function failureCounts(db: Db, of: FailuresOf, kinds: SortedKind[]): Promise<CountedFailures> {
  const given = JSON.stringify(kinds.map(({ text, ...kind }) => ({ ...kind, text: text ?? '' })))
  const [found] = await rows<CountedFailures>(
    db,
    sql`with kinds as materialized (
          select * from jsonb_to_recordset(${given}::text::jsonb) as k (mode text, outcome text, text text, category text)),
        sorted as materialized (
          select f.arm, f.station_id, f.unit, f.started_at, coalesce(k.category, 'unknown') as category,
            case when k.category is not null then f.mode end as mode
          from ${failed(of)} f left join kinds k on k.mode = f.mode and k.outcome = f.outcome and k.text = coalesce(f.said, '')),
        counted as (
          select arm, category, mode, (case grouping(category, mode) when 0 then 'mode' when 1 then 'category' else 'arm' end) as of,
            count(*)::int as runs, count(distinct unit)::int as units, count(distinct station_id)::int as stations,
            (extract(epoch from min(started_at)) * 1000)::float8 as "firstAt"
          from sorted group by grouping sets ((arm), (arm, category), (arm, category, mode))),
        benches as (
          select arm, category, mode, (case grouping(mode) when 0 then 'mode' else 'category' end) as of, station_id,
            count(*)::int as runs,
            row_number() over (partition by arm, category, mode, grouping(mode) order by count(*) desc, station_id) as place
          from sorted group by grouping sets ((arm, category, station_id), (arm, category, mode, station_id)))
        select
          (select coalesce(jsonb_agg(to_jsonb(c)), '[]'::jsonb) from counted c) as counts,
          (select coalesce(jsonb_agg(jsonb_build_object('arm', b.arm, 'category', b.category, 'mode', b.mode, 'of', b.of,
              'station', s.name, 'runs', b.runs) order by b.place), '[]'::jsonb)
            from benches b join stations s on s.id = b.station_id where b.place <= 3) as stations`,
  )
  return found ?? { counts: [], stations: [] }
}

/** Of these modes, those that no other build of the procedure has ever shown; of a time: that nothing before it has. */
export async function newModes(db: Db, of: FailuresOf, modes: string[]): Promise<string[]> {
  if (modes.length === 0) return []
  const elsewhere =
    'rolloutId' in of
      ? sql`b.deployment_id <> (select deployment_id from rollouts where id = ${of.rolloutId}::uuid)`
      : sql`b.started_at < ${at(of.from)}`
  const found = await rows<{ mode: string }>(
    db,
    sql`select m.mode from jsonb_array_elements_text(${JSON.stringify(modes)}::text::jsonb) m (mode)
        where not exists (select 1 from runs b where b.procedure_id = ${of.procedureId}::uuid and b.failure_mode = m.mode
          and b.sample is null and not b.shadow and ${elsewhere})`,
  )
  return found.map(({ mode }) => mode)
}

/** Of runs that count: no reference samples, no shadow runs. */
function failed(of: FailuresOf): SQL {
  const columns = sql`t.station_id, t.unit, t.started_at, t.failure_mode as mode, t.outcome,
    regexp_replace(t.failure_text, ', got [^,]*$', '') as said`
  const counts = sql`t.failure_mode is not null and t.sample is null and not t.shadow`
  if ('rolloutId' in of) {
    const inRange = of.range ? between(of.range) : sql`true`
    return sql`(select case t.deployment_id when r.deployment_id then 'canary' else 'base' end as arm, ${columns}
      from rollouts r join runs t on t.procedure_id = r.procedure_id and t.deployment_id in (r.deployment_id, r.base_deployment_id)
        and t.started_at >= r.started_at and (r.ended_at is null or t.started_at < r.ended_at)
        join rollout_stations s on s.procedure_id = t.procedure_id and s.rollout_id = r.id and s.station_id = t.station_id
      where r.procedure_id = ${of.procedureId}::uuid and r.id = ${of.rolloutId}::uuid and ${counts} and ${inRange})`
  }
  // One arm alone: all that ran. Build by build, as the index has them.
  return sql`(select 'canary' as arm, ${columns} from deployments d join runs t on t.procedure_id = d.procedure_id and t.deployment_id = d.id
        and ${between(of)} where d.procedure_id = ${of.procedureId}::uuid and ${counts}
      union all
      select 'canary' as arm, ${columns} from runs t
      where t.procedure_id = ${of.procedureId}::uuid and t.deployment_id is null and ${between(of)} and ${counts})`
}

function between({ from, to }: TimeRange): SQL {
  return sql`t.started_at >= ${at(from)} and t.started_at < ${at(to)}`
}

function at(moment: Instant): SQL {
  return sql`${new Date(moment).toISOString()}::timestamptz`
}
