// What stations reported as troubles of their own: no unit failed, but something did.
import { sql } from 'drizzle-orm'
import type { StationTrouble } from '../server/domain/failures/station-trouble.ts'
import type { ProcedureId, RolloutId } from '../server/domain/ids.ts'
import { type Db, rows } from './client.ts'

const mostErrors = 1_000
const mostTroubles = 100

/**
 * Errors that a rollout's stations reported since its start, and builds that they could not take, the most frequent
 * first. An error belongs to the arm of what its station was asked to run at that moment. Of the last 1,000 errors.
 */
export async function stationTroubles(
  db: Db,
  procedureId: ProcedureId,
  rolloutId: RolloutId,
): Promise<StationTrouble[]> {
  return rows(
    db,
    sql`with r as (select * from rollouts where procedure_id = ${procedureId}::uuid and id = ${rolloutId}::uuid),
        members as (select s.station_id from rollout_stations s where s.procedure_id = ${procedureId}::uuid
          and s.rollout_id = ${rolloutId}::uuid),
        errors as (
          select e.* from members m join r on true join station_errors e on e.station_id = m.station_id
            and e.at >= r.started_at and (r.ended_at is null or e.at < r.ended_at)
          where e.procedure_id is null or e.procedure_id = ${procedureId}::uuid
          order by e.at desc limit ${sql.raw(String(mostErrors))}),
        troubles as (
          select 'reported' as kind, e.station_id, e.at, e.code, e.message,
            case p.deployment_id when r.deployment_id then 'canary' else 'base' end as arm
          from errors e join r on true left join pins p on p.procedure_id = ${procedureId}::uuid and p.station_id = e.station_id
            and p.from_at <= e.at and (p.to_at is null or p.to_at > e.at)
          union all
          select 'failed pickup', p.station_id, p.from_at, null, coalesce(p.message, 'the build could not be taken'),
            case p.deployment_id when r.deployment_id then 'canary' else 'base' end
          from members m join r on true join pickups p on p.procedure_id = ${procedureId}::uuid and p.station_id = m.station_id
            and p.state = 'failed' and p.from_at >= r.started_at and (r.ended_at is null or p.from_at < r.ended_at))
        select t.kind, t.arm, t.code, t.message, count(*)::int as times, count(distinct t.station_id)::int as stations,
          (array_agg(distinct s.name order by s.name))[1:3] as names,
          (extract(epoch from min(t.at)) * 1000)::float8 as "firstAt", (extract(epoch from max(t.at)) * 1000)::float8 as "lastAt"
        from troubles t join stations s on s.id = t.station_id
        group by 1, 2, 3, 4 order by 5 desc, 4, 2 limit ${sql.raw(String(mostTroubles))}`,
  )
}
