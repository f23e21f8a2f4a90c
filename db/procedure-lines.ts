// Every procedure in one line, in one question.
import { sql } from 'drizzle-orm'
import type { ProcedureLine } from '../server/domain/overview.ts'
import { type Db, rows } from './client.ts'

/** By name. */
export async function procedureLines(db: Db): Promise<ProcedureLine[]> {
  return rows(
    db,
    sql`select p.id::text as id, p.name, p.auto_push as "autoPush",
          case when d.id is not null then jsonb_build_object('id', d.id, 'version', d.version) end as active,
          coalesce(linked.stations, 0)::int as "stationCount", coalesce(linked.sites, 0)::int as sites,
          coalesce(alarms.open, 0)::int as "openAlarms",
          case when live.id is not null then jsonb_build_object('id', live.id, 'status', live.status) end as live
        from procedures p left join deployments d on d.id = p.active_deployment_id
        left join (select l.procedure_id, count(*) as stations, count(distinct s.site) as sites
          from station_procedures l join stations s on s.id = l.station_id group by 1) linked on linked.procedure_id = p.id
        left join (select procedure_id, count(*) as open from station_alarms where closed_at is null group by 1) alarms
          on alarms.procedure_id = p.id
        left join lateral (select id, status from rollouts where procedure_id = p.id
          and status in ('pending', 'active', 'paused', 'aborting') order by created_at desc limit 1) live on true
        order by lower(p.name)`,
  )
}
