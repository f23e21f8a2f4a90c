// Alarms of stations as rows: each is opened once, however many processes look at the same moment.
import { sql } from 'drizzle-orm'
import type { Actor } from '../server/domain/actor.ts'
import type { ProcedureId, RolloutId, StationId } from '../server/domain/ids.ts'
import type { Instant } from '../server/domain/instant.ts'
import type { AlarmGroup, AlarmView, ClosedHow } from '../server/domain/station-alarms/alarm.ts'
import type { Closing, KnownAlarm } from '../server/domain/station-alarms/look.ts'
import type { Finding } from '../server/domain/station-alarms/station-facts.ts'
import { type Db, rows } from './client.ts'

/** Open ones, and of each station and kind the latest that a person acknowledged. */
export async function knownAlarms(db: Db, procedureId: ProcedureId): Promise<KnownAlarm[]> {
  return rows<KnownAlarm>(
    db,
    sql`with known as (
          (select * from station_alarms where procedure_id = ${procedureId}::uuid and closed_at is null)
          union all
          (select distinct on (station_id, kind) * from station_alarms
            where procedure_id = ${procedureId}::uuid and closed_how = 'acknowledged' order by station_id, kind, opened_at desc))
        select id::int as id, station_id::text as "stationId", kind, deployment_id::text as "deploymentId",
          (extract(epoch from since) * 1000)::float8 as since, (extract(epoch from opened_at) * 1000)::float8 as "openedAt",
          case when closed_at is not null then (acknowledged ->> 'at')::float8 end as "acknowledgedAt"
        from known order by id`,
  )
}

/** @returns those that are new: one that is open already stays as it is. */
export async function openAlarms(
  tx: Db,
  procedureId: ProcedureId,
  found: Finding[],
  now: Instant,
): Promise<Pick<Finding, 'stationId' | 'kind'>[]> {
  if (found.length === 0) return []
  const values = found.map((each) => ({ ...each, since: new Date(each.since).toISOString() }))
  return rows(
    tx,
    sql`insert into station_alarms (procedure_id, station_id, kind, since, detail, deployment_id, rollout_id, opened_at)
        select ${procedureId}::uuid, a."stationId", a.kind, a.since, a.detail, a."deploymentId", a."rolloutId",
          ${new Date(now).toISOString()}::timestamptz
        from jsonb_to_recordset(${JSON.stringify(values)}::text::jsonb) as a ("stationId" uuid, kind text, since timestamptz,
          detail text, "deploymentId" uuid, "rolloutId" uuid)
        order by a."stationId", a.kind
        on conflict (procedure_id, station_id, kind) where closed_at is null do nothing
        returning station_id::text as "stationId", kind`,
  )
}

/** @returns the messages in which they stand. */
export async function closeAlarms(
  tx: Db,
  procedureId: ProcedureId,
  closing: Closing[],
  now: Instant,
): Promise<AlarmGroup[]> {
  if (closing.length === 0) return []
  return rows(
    tx,
    sql`update station_alarms a set closed_at = ${new Date(now).toISOString()}::timestamptz, closed_how = c.how
        from jsonb_to_recordset(${JSON.stringify(closing)}::text::jsonb) as c (id bigint, how text)
        where a.procedure_id = ${procedureId}::uuid and a.id = c.id and a.closed_at is null
        returning a.kind, (extract(epoch from a.opened_at) * 1000)::float8 as "openedAt"`,
  )
}

export type Acknowledged = AlarmGroup & { id: number; procedureId: ProcedureId; station: string }

/** Closes those that are still open. */
export async function acknowledgeAlarms(
  tx: Db,
  ids: number[],
  word: { by: Actor; at: Instant; why: string },
): Promise<Acknowledged[]> {
  const how: ClosedHow = 'acknowledged'
  return rows(
    tx,
    sql`update station_alarms a set closed_at = ${new Date(word.at).toISOString()}::timestamptz, closed_how = ${how},
          acknowledged = ${JSON.stringify(word)}::text::jsonb
        from stations s
        where s.id = a.station_id and a.closed_at is null
          and a.id in (select value::bigint from jsonb_array_elements_text(${JSON.stringify(ids)}::text::jsonb))
        returning a.id::int as id, a.procedure_id::text as "procedureId", a.kind, s.name as station,
          (extract(epoch from a.opened_at) * 1000)::float8 as "openedAt"`,
  )
}

export type AlarmFilter = {
  id?: number
  procedureId?: ProcedureId
  rolloutId?: RolloutId
  stations?: StationId[]
  open?: boolean
  group?: AlarmGroup
  limit?: number
}

/** Open ones first, then the newest. Runs are counted to the alarm's end, or to now. */
export async function alarmViews(db: Db, filter: AlarmFilter): Promise<AlarmView[]> {
  const { id = null, procedureId = null, rolloutId = null, open = null, group = null } = filter
  const stations = filter.stations ? JSON.stringify(filter.stations) : null
  return rows<AlarmView>(
    db,
    sql`select a.id::int as id, jsonb_build_object('id', p.id, 'name', p.name) as procedure,
          jsonb_build_object('id', s.id, 'name', s.name, 'site', s.site, 'line', s.line) as station,
          a.kind, (extract(epoch from a.since) * 1000)::float8 as since, a.detail,
          case when d.id is not null then jsonb_build_object('id', d.id, 'version', d.version) end as deployment,
          case when a.kind in ('drifted', 'runs what was taken back') then (select count(*)::int from runs r
            where r.procedure_id = a.procedure_id and r.station_id = a.station_id and r.started_at >= a.since
              and (a.closed_at is null or r.started_at < a.closed_at) and r.deployment_id = a.deployment_id
              and not r.shadow) end as runs,
          a.rollout_id::text as "rolloutId", (extract(epoch from a.opened_at) * 1000)::float8 as "openedAt",
          case when a.closed_at is not null then jsonb_build_object('at', (extract(epoch from a.closed_at) * 1000)::float8,
            'how', a.closed_how) end as closed,
          a.acknowledged
        from station_alarms a join procedures p on p.id = a.procedure_id join stations s on s.id = a.station_id
        left join deployments d on d.id = a.deployment_id
        where (${id}::bigint is null or a.id = ${id}::bigint)
          and (${procedureId}::uuid is null or a.procedure_id = ${procedureId}::uuid)
          and (${rolloutId}::uuid is null or a.rollout_id = ${rolloutId}::uuid)
          and (${open}::boolean is null or (a.closed_at is null) = ${open}::boolean)
          and (${group?.kind ?? null}::text is null or (a.kind = ${group?.kind ?? null}::text
            and a.opened_at = ${group ? new Date(group.openedAt).toISOString() : null}::timestamptz))
          and (${stations}::text is null
            or a.station_id in (select value::uuid from jsonb_array_elements_text(${stations}::text::jsonb)))
        order by (a.closed_at is null) desc, a.opened_at desc, lower(s.name) limit ${filter.limit ?? 200}`,
  )
}
