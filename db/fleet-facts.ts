// Every station with every procedure it runs: pinned, pulled and ran, in one question. A look into an index for each
// fact of each of them, whatever is stored beside.
import { sql } from 'drizzle-orm'
import type { FleetFacts } from '../server/domain/fleet/fleet.ts'
import type { ProcedureId, StationId } from '../server/domain/ids.ts'
import type { AlarmKind } from '../server/domain/station-alarms/alarm.ts'
import type { Standing } from '../server/domain/takes-part.ts'
import { type Db, rows } from './client.ts'

export type StoredFleetFacts = Omit<FleetFacts, 'aside' | 'alarms'> & { standing: Standing }

const ms = (column: string) => `(extract(epoch from ${column}) * 1000)::float8`
const build = (of: string, more: string) =>
  sql.raw(
    `case when ${of}.id is null then null else jsonb_build_object('id', ${of}.id, 'version', ${of}.version${more}) end`,
  )

/** Stations without a procedure are there too, once. */
export async function fleetFacts(db: Db): Promise<StoredFleetFacts[]> {
  const found = await rows<
    Omit<StoredFleetFacts, 'standing'> & { standing: { [Key in keyof Standing]: string | null } }
  >(
    db,
    sql`select jsonb_build_object('id', s.id, 'name', s.name, 'site', s.site, 'line', s.line) as station,
          case when p.id is not null then jsonb_build_object('id', p.id, 'name', p.name) end as procedure,
          ${build('wanted', `, 'since', ${ms('pin.from_at')}, 'servedAt', ${ms('pin.served_at')}`)} as desired,
          ${build('taken', `, 'state', told.state, 'message', told.message, 'at', ${ms('told.from_at')}`)} as pulled,
          ${build('used', `, 'at', ${ms('ran.started_at')}`)} as ran,
          ${sql.raw(ms('greatest(s.last_seen_at, s.heartbeat_at, ran.received_at, told.from_at, pin.served_at)'))} as "heardAt",
          s.clock_ahead_ms::float8 as "clockAheadMs",
          jsonb_build_object('heldReason', s.held_reason, 'heldUntil', s.held_until, 'excludedReason', s.excluded_reason,
            'excludedUntil', s.excluded_until, 'experiment', s.experiment) as standing,
          case when live.id is null then null else jsonb_build_object('id', live.id, 'status', live.status,
            'station', live.station) end as rollout
        from stations s
        left join station_procedures l on l.station_id = s.id
        left join procedures p on p.id = l.procedure_id
        left join pins pin on pin.procedure_id = l.procedure_id and pin.station_id = l.station_id and pin.to_at is null
        left join deployments wanted on wanted.id = pin.deployment_id
        left join lateral (select deployment_id, state, message, from_at from pickups where procedure_id = l.procedure_id
          and station_id = l.station_id order by from_at desc, id desc limit 1) told on true
        left join deployments taken on taken.id = told.deployment_id
        left join lateral (select deployment_id, started_at, received_at from runs where procedure_id = l.procedure_id
          and station_id = l.station_id and deployment_id is not null and not shadow order by started_at desc limit 1) ran on true
        left join deployments used on used.id = ran.deployment_id
        left join lateral (select r.id, r.status, m.progress ->> 'status' as station from rollouts r
          join rollout_stations m on m.procedure_id = r.procedure_id and m.rollout_id = r.id and m.station_id = l.station_id
          where r.procedure_id = l.procedure_id and r.status in ('pending', 'active', 'paused', 'aborting')
          order by r.created_at desc limit 1) live on true
        order by lower(s.name), lower(p.name)`,
  )
  const moment = (text: string | null) => (text === null ? null : new Date(text))
  return found.map((row) => ({
    ...row,
    standing: {
      ...row.standing,
      heldUntil: moment(row.standing.heldUntil),
      excludedUntil: moment(row.standing.excludedUntil),
    },
  }))
}

export type OpenAlarm = {
  procedureId: ProcedureId
  stationId: StationId
  kind: AlarmKind
  since: number
}

/** All that stand open, the oldest first. */
export async function openAlarmKinds(db: Db): Promise<OpenAlarm[]> {
  return rows(
    db,
    sql`select procedure_id::text as "procedureId", station_id::text as "stationId", kind,
          (extract(epoch from since) * 1000)::float8 as since
        from station_alarms where closed_at is null order by since, id`,
  )
}
