// Pins: what each station is asked to run. Changed with their history, announced to waiting polls on commit.
import { type SQL, sql } from 'drizzle-orm'
import type { DeploymentId, ProcedureId, RolloutId, StationId } from '../server/domain/ids.ts'
import type { Instant } from '../server/domain/instant.ts'
import { noteAnnounced } from './announcements.ts'
import { type Db, rows } from './client.ts'
import { notAside } from './not-aside.ts'

/** Channel on which a station's id is announced when what it is answered changes, or which keys open. */
export const pinsChannel = 'firstpass_pins'

/** Announces the stations that the query selects as `station_id`; `before`: statements that it rests on. */
export async function announceStations(tx: Db, changed: SQL, before: SQL = sql``): Promise<void> {
  const told = await rows<{ id: StationId }>(
    tx,
    sql`${before} select station_id::text as id, pg_notify(${pinsChannel}, station_id::text)::text as told
        from (${changed}) as changed`,
  )
  noteAnnounced(
    tx,
    pinsChannel,
    told.map(({ id }) => id),
  )
}

/**
 * Pins the stations to a deployment from `now` on; a pin that says so already stays as it is. A station that has been
 * unlinked in the meantime gets none: it would find an old one when it is linked again.
 */
export async function pinStations(
  tx: Db,
  pin: {
    procedureId: ProcedureId
    stations: StationId[]
    deploymentId: DeploymentId
    rolloutId: RolloutId | null
    now: Instant
  },
): Promise<void> {
  if (pin.stations.length === 0) return
  const at = new Date(pin.now).toISOString()
  const ids = sql`(select value::uuid from jsonb_array_elements_text(${JSON.stringify(pin.stations)}::text::jsonb))`
  await tx.execute(
    sql`update pins set to_at = greatest(${at}::timestamptz, from_at) where procedure_id = ${pin.procedureId}::uuid and to_at is null
          and station_id in ${ids} and deployment_id <> ${pin.deploymentId}::uuid`,
  )
  await announceStations(
    tx,
    sql`select station_id from pinned`,
    sql`with pinned as (
          insert into pins (procedure_id, station_id, deployment_id, rollout_id, from_at)
          select l.procedure_id, l.station_id, ${pin.deploymentId}::uuid, ${pin.rolloutId}::uuid, ${at}::timestamptz
          from station_procedures l where l.procedure_id = ${pin.procedureId}::uuid and l.station_id in ${ids}
            and not exists (select 1 from pins p where p.procedure_id = l.procedure_id and p.station_id = l.station_id and p.to_at is null)
          returning station_id)`,
  )
}

export async function unpinStation(
  tx: Db,
  procedureId: ProcedureId,
  stationId: StationId,
  now: Instant,
): Promise<void> {
  await announceStations(
    tx,
    sql`select station_id from gone`,
    sql`with gone as (update pins set to_at = greatest(${new Date(now).toISOString()}::timestamptz, from_at)
          where procedure_id = ${procedureId}::uuid and station_id = ${stationId}::uuid and to_at is null returning station_id)`,
  )
}

type PinToTell = { id: string; procedureId: ProcedureId }

/**
 * Notes that stations are about to be answered with these pins, unless one is over by then. Rows that somebody else is
 * changing are passed over: waiting for one while holding others is how two statements come to wait for each other.
 * @returns the pins that are noted.
 */
export async function notePinsServed(db: Db, pins: PinToTell[], now: Instant): Promise<Set<string>> {
  const noted = await rows<{ id: string }>(
    db,
    sql`with told as (
          select p.procedure_id, p.id from pins p
          join jsonb_to_recordset(${JSON.stringify(pins)}::text::jsonb) as wanted ("procedureId" uuid, id bigint)
            on p.procedure_id = wanted."procedureId" and p.id = wanted.id
          where p.to_at is null order by p.procedure_id, p.id for no key update of p skip locked)
        update pins set served_at = coalesce(pins.served_at, ${new Date(now).toISOString()}::timestamptz)
        from told where pins.procedure_id = told.procedure_id and pins.id = told.id returning pins.id::text as id`,
  )
  return new Set(noted.map(({ id }) => id))
}

/** The same of one, which holds nothing else while it waits for whoever is changing it. False: it is over. */
export async function notePinServed(db: Db, pin: PinToTell, now: Instant): Promise<boolean> {
  const noted = await rows<{ id: string }>(
    db,
    sql`update pins set served_at = coalesce(served_at, ${new Date(now).toISOString()}::timestamptz)
        where procedure_id = ${pin.procedureId}::uuid and id = ${pin.id}::bigint and to_at is null returning id::text as id`,
  )
  return noted.length > 0
}

/** Whether a station of the procedure, held ones aside, is asked to run another build: a rollout of a group leaves some. */
export async function isElsewhere(
  tx: Db,
  procedureId: ProcedureId,
  deploymentId: DeploymentId,
  now: Instant,
): Promise<boolean> {
  const found = await rows<{ other: number }>(
    tx,
    sql`select 1 as other from station_procedures l join stations s on s.id = l.station_id
        left join pins p on p.procedure_id = l.procedure_id and p.station_id = l.station_id and p.to_at is null
        where l.procedure_id = ${procedureId}::uuid and ${notAside('s', now)}
          and p.deployment_id is distinct from ${deploymentId}::uuid limit 1`,
  )
  return found.length > 0
}
