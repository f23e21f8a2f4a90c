// The rollouts of all procedures, newest first, found by what they were about and how they ended.
import { type SQL, sql } from 'drizzle-orm'
import type { ProcedureId } from '../server/domain/ids.ts'
import type { Instant } from '../server/domain/instant.ts'
import type { HistoryFilter, HistoryRow } from '../server/domain/learning/history-row.ts'
import { type Db, rows } from './client.ts'

export async function rolloutHistory(
  db: Db,
  filter: HistoryFilter,
  page: { limit: number; offset: number },
): Promise<{ rows: HistoryRow[]; total: number }> {
  const found = sql`with told as (${told(filter)}), found as (select * from told where ${filter.outcome}::text is null or outcome = ${filter.outcome}::text)`
  const [all] = await rows<{ total: number }>(db, sql`${found} select count(*)::int as total from found`)
  const list = await rows<HistoryRow>(
    db,
    sql`${found}, page as (select * from found order by created_at desc, id limit ${page.limit} offset ${page.offset})
        select f.id::text as id, jsonb_build_object('id', f.procedure_id, 'name', p.name) as procedure, d.version, b.version as base,
          d.labels, f.outcome, (extract(epoch from f.created_at) * 1000)::float8 as "createdAt",
          (extract(epoch from f.started_at) * 1000)::float8 as "startedAt",
          coalesce((f.state ->> 'stageIndex')::int, -1) as "stageIndex", jsonb_array_length(f.state -> 'plan' -> 'stages') as "stageCount",
          f.state -> 'owner' as owner,
          case when rollback.at is not null
            then jsonb_build_object('at', rollback.at, 'by', rollback.body -> 'by', 'why', rollback.body -> 'why')
            else jsonb_build_object('at', last -> 'at', 'by', last -> 'by', 'why', last -> 'why') end as decided,
          coalesce(alarm.count, 0) as alarms, coalesce(alarm.gates, '[]'::jsonb) as "alarmedGates"
        from page f join procedures p on p.id = f.procedure_id join deployments d on d.id = f.deployment_id
        join deployments b on b.id = f.base_deployment_id
        cross join lateral (select coalesce(f.state -> 'abort', f.state -> 'lastDecision') as last) said
        left join lateral (${rollbackOf(sql`f`)}) rollback on true
        left join lateral (select count(*)::int as count, jsonb_agg(distinct e.body -> 'gate') as gates from events e
          where e.procedure_id = f.procedure_id and e.rollout_id = f.id and e.type = 'BreachOpened' and e.body ->> 'mode' <> 'observe') alarm on true
        order by f.created_at desc, f.id`,
  )
  return { rows: list, total: all?.total ?? 0 }
}

function told({ procedureId, label, site, from, to }: HistoryFilter): SQL {
  const moment = (at: Instant) => sql`${new Date(at).toISOString()}::timestamptz`
  const conditions = [
    procedureId === null ? [] : [sql`r.procedure_id = ${procedureId}::uuid`],
    label === null ? [] : [sql`d.labels @> ${JSON.stringify([label])}::text::jsonb`],
    site === null
      ? []
      : [
          sql`exists (select 1 from rollout_stations k join stations s on s.id = k.station_id
            where k.procedure_id = r.procedure_id and k.rollout_id = r.id and s.site = ${site} and k.progress ->> 'status' <> 'queued')`,
        ],
    from === null ? [] : [sql`r.created_at >= ${moment(from)}`],
    to === null ? [] : [sql`r.created_at < ${moment(to)}`],
  ].flat()
  const where = conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `)
  return sql`select r.*, case
      when r.status in ('pending', 'active', 'paused') then 'live'
      when r.status = 'completed' then
        case when exists (${rollbackOf(sql`r`)}) then 'rolled back after completion' else 'completed' end
      when exists (select 1 from events e cross join lateral jsonb_array_elements_text(e.body -> 'wayBack') back
        where e.procedure_id = r.procedure_id and e.rollout_id = r.id and e.type = 'RolloutAborted'
          and back::uuid <> r.base_deployment_id) then 'superseded'
      when r.state -> 'abort' -> 'by' ->> 'kind' = 'service' then 'rolled back by a gate'
      else 'aborted by a person' end as outcome
    from rollouts r join deployments d on d.id = r.deployment_id where ${where}`
}

/** Of the last rollout that had completed with the build that it took back. */
function rollbackOf(of: SQL): SQL {
  return sql`select e.body, (extract(epoch from e.at) * 1000)::float8 as at from procedure_events e
    where ${of}.status = 'completed' and e.procedure_id = ${of}.procedure_id and e.type = 'RolledBack'
      and e.body ->> 'from' = ${of}.deployment_id::text
      and (extract(epoch from e.at) * 1000) >= (${of}.state ->> 'endedAt')::float8
      and not exists (select 1 from rollouts later where later.procedure_id = e.procedure_id
        and later.deployment_id = ${of}.deployment_id and later.status = 'completed'
        and (later.state ->> 'endedAt')::float8 > (${of}.state ->> 'endedAt')::float8
        and (later.state ->> 'endedAt')::float8 <= (extract(epoch from e.at) * 1000))
    order by e.id limit 1`
}

/** What there is to choose from: names in use, at most 300 of each. */
export async function historyChoices(
  db: Db,
): Promise<{ procedures: { id: ProcedureId; name: string }[]; labels: string[]; sites: string[] }> {
  const procedures = await rows<{ id: ProcedureId; name: string }>(
    db,
    sql`select p.id::text as id, p.name from procedures p
        where exists (select 1 from rollouts r where r.procedure_id = p.id) order by lower(p.name), p.id limit 300`,
  )
  const labels = await rows<{ name: string }>(
    db,
    sql`select distinct l as name from deployments d cross join lateral jsonb_array_elements_text(d.labels) l order by 1 limit 300`,
  )
  const sites = await rows<{ name: string }>(
    db,
    sql`select distinct site as name from stations order by 1 limit 300`,
  )
  return { procedures, labels: labels.map(({ name }) => name), sites: sites.map(({ name }) => name) }
}
