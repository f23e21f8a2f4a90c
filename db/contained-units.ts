// The units of a containment list, a page at a time, however many a build has judged.
import { sql } from 'drizzle-orm'
import type { ContainedUnit } from '../server/domain/containment.ts'
import { type Db, rows } from './client.ts'
import { type ContainmentScope, isTrusted, judgedBy, retestOf } from './containment.ts'

/** `after`: the run of the last unit that was read. */
export type UnitsAsked = {
  list: 'escapes' | 'false scrap' | null
  /** Those only that no trusted build has passed or failed since. */
  open: boolean
  after: string | null
  limit: number
}

/**
 * By the start of their last verdict, newest first: the runs of the build are walked backwards by their index, and one
 * stands for its unit where the build has judged the unit no later. Costs what the page holds, not what the list does.
 */
export async function containedUnits(
  db: Db,
  scope: ContainmentScope,
  { list, open, after, limit }: UnitsAsked,
): Promise<ContainedUnit[]> {
  const older = after
    ? sql`and (r.started_at, r.id) < (select started_at, id from runs
        where procedure_id = ${scope.procedureId}::uuid and id = ${after}::uuid)`
    : sql``
  const outcome =
    list === null ? sql`` : list === 'escapes' ? sql`and r.outcome = 'PASS'` : sql`and r.outcome <> 'PASS'`
  return rows<ContainedUnit>(
    db,
    sql`select r.serial, r.outcome as verdict, r.id::text as "runId", r.failure_mode as "failureMode",
          (extract(epoch from r.started_at) * 1000)::float8 as "startedAt", (extract(epoch from r.ended_at) * 1000)::float8 as "endedAt",
          jsonb_build_object('id', s.id, 'name', s.name, 'site', s.site, 'line', s.line) as station,
          own.runs, own."passedRuns", own."firstAt", again.retest,
          case when again.trusted and again.outcome = 'PASS' then 'confirmed good'
            when again.trusted and again.outcome = 'FAIL' then 'confirmed bad' else 'open' end as state
        from runs r join stations s on s.id = r.station_id
        cross join lateral (
          select count(*)::int as runs, count(*) filter (where o.outcome = 'PASS')::int as "passedRuns",
            (extract(epoch from min(o.started_at)) * 1000)::float8 as "firstAt"
          from runs o where o.unit = r.unit and ${judgedBy(scope, 'o')}) own
        left join lateral (
          select n.outcome, ${isTrusted('d')} as trusted, jsonb_build_object('outcome', n.outcome,
              'build', jsonb_build_object('id', d.id, 'version', d.version),
              'station', jsonb_build_object('id', b.id, 'name', b.name),
              'at', (extract(epoch from n.started_at) * 1000)::float8) as retest
          from runs n join deployments d on d.id = n.deployment_id join stations b on b.id = n.station_id
          where n.unit = r.unit and n.started_at > r.started_at and ${retestOf(scope, 'n')}
          order by (n.outcome in ('PASS', 'FAIL') and ${isTrusted('d')}) desc, n.started_at desc limit 1) again on true
        where ${judgedBy(scope, 'r')} ${outcome} ${older}
          and not exists (select 1 from runs l where l.unit = r.unit and ${judgedBy(scope, 'l')}
            and (l.started_at, l.id) > (r.started_at, r.id))
          ${open ? sql`and not coalesce(again.trusted and again.outcome in ('PASS', 'FAIL'), false)` : sql``}
        order by r.started_at desc, r.id desc limit ${limit}`,
  )
}
