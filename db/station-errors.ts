// What failed on a station although no unit did: as it reported it, and builds that it could not take.
import { sql } from 'drizzle-orm'
import type { DeploymentId, ProcedureId, StationId } from '../server/domain/ids.ts'
import type { Instant } from '../server/domain/instant.ts'
import { type Db, rows } from './client.ts'

export type ReportedError = { code: string | null; message: string; procedureId: ProcedureId | null }

/** Of one station in an hour, and how long the same words are the same error. */
const mostAnHour = 60
const sameMinutes = 10
const keptDays = 90

/** Keeps what is new; a station that says the same with every heartbeat, or too much, fills no table. */
export async function keepErrors(
  db: Db,
  stationId: StationId,
  errors: ReportedError[],
  now: Instant,
): Promise<void> {
  if (errors.length === 0) return
  const at = sql`${new Date(now).toISOString()}::timestamptz`
  const own = sql`k.station_id = ${stationId}::uuid`
  await db.execute(
    sql`with old as (
          delete from station_errors k where ${own} and k.at < ${at} - make_interval(days => ${keptDays}::int))
        insert into station_errors (station_id, procedure_id, at, code, message)
        select ${stationId}::uuid, e."procedureId", ${at}, e.code, e.message
        from (select told.*, row_number() over () as place from (
          select distinct "procedureId", code, message
          from jsonb_to_recordset(${JSON.stringify(errors)}::text::jsonb) as each ("procedureId" uuid, code text, message text)) told
          where not exists (select 1 from station_errors k where ${own} and k.at > ${at} - make_interval(mins => ${sameMinutes}::int)
            and k.message = told.message and k.code is not distinct from told.code
            and k.procedure_id is not distinct from told."procedureId")) e
        where e.place <= ${mostAnHour} - (select count(*) from station_errors k where ${own} and k.at > ${at} - interval '1 hour')`,
  )
}

export type StationError = {
  at: Instant
  code: string | null
  message: string
  procedureId: ProcedureId | null
  /** The build that it could not take; null for what it reported of itself. */
  deploymentId: DeploymentId | null
}

/** Newest first: what it reported, and what it could not take. */
export async function recentErrors(db: Db, stationId: StationId, limit: number): Promise<StationError[]> {
  return rows(
    db,
    sql`select (extract(epoch from at) * 1000)::float8 as at, code, message, procedure_id::text as "procedureId",
          deployment_id::text as "deploymentId"
        from (
          (select at, code, message, procedure_id, null::uuid as deployment_id from station_errors
            where station_id = ${stationId}::uuid order by at desc limit ${limit})
          union all
          (select p.from_at, 'pickup failed', coalesce(p.message, 'the station could not take the build'), p.procedure_id, p.deployment_id
            from station_procedures l join pickups p on p.procedure_id = l.procedure_id and p.station_id = l.station_id
            where l.station_id = ${stationId}::uuid and p.state = 'failed' order by p.from_at desc limit ${limit})) found
        order by at desc limit ${limit}`,
  )
}
