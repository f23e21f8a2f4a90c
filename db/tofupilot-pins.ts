// How far the pins of a procedure have come on their way to TofuPilot. What is wanted is the pin of the moment itself, so
// that it is changed in the transaction of the decision and cannot be overtaken by what was wanted before.
import { and, eq, sql } from 'drizzle-orm'
import type { DeploymentId, ProcedureId, StationId } from '../server/domain/ids.ts'
import type { Instant } from '../server/domain/instant.ts'
import type { PinDelivery } from '../server/domain/tofupilot/pin-delivery.ts'
import { type Db, rows } from './client.ts'
import { tofupilotPins } from './schema/tofupilot.ts'

export type PinOnItsWay = PinDelivery & {
  name: string
  site: string
  isAside: boolean
  pinId: string
  /** By a rollback of the whole procedure. */
  isRollback: boolean
  version: string
  sha: string
  foreignStation: string | null
  foreignBuild: string | null
  foundSha: string | null
  foundSince: Instant | null
  foundAt: Instant | null
}

const ms = (column: string) => sql.raw(`(extract(epoch from ${column}) * 1000)::float8`)

/** Every pinned station of the procedure, by name; of one station where it is named. */
export async function pinsOnTheirWay(
  db: Db,
  procedureId: ProcedureId,
  now: Instant,
  stationId?: StationId,
): Promise<PinOnItsWay[]> {
  const at = new Date(now).toISOString()
  return rows<PinOnItsWay>(
    db,
    sql`select p.station_id::text as "stationId", s.name, s.site, p.id::text as "pinId", p.deployment_id::text as wanted,
          (s.held_reason is not null and (s.held_until is null or s.held_until > ${at}::timestamptz))
            or (s.excluded_reason is not null and (s.excluded_until is null or s.excluded_until > ${at}::timestamptz)) as "isAside",
          coalesce(p.deployment_id = c.active_deployment_id, false) as "isBack",
          p.rollout_id is null and exists (select 1 from procedure_events e where e.procedure_id = p.procedure_id
            and e.type = 'RolledBack' and e.at = p.from_at) as "isRollback",
          ${ms('p.from_at')} as since, d.version, d.commit_sha as sha,
          fs.foreign_id as "foreignStation", fd.foreign_id as "foreignBuild",
          t.taken::text as taken, ${ms('t.taken_at')} as "takenAt",
          ${ms('t.held_until')} as "heldUntil", ${ms('t.stray_until')} as "strayUntil", ${ms('t.again_at')} as "againAt", t.tried::text as tried, coalesce(t.tries, 0) as tries,
          ${ms('t.next_at')} as "nextAt", case when t.tried = p.deployment_id then t.error end as error,
          t.found_sha as "foundSha", ${ms('t.found_since')} as "foundSince", ${ms('t.found_at')} as "foundAt"
        from pins p
        join procedures c on c.id = p.procedure_id
        join stations s on s.id = p.station_id
        join station_procedures l on l.procedure_id = p.procedure_id and l.station_id = p.station_id
        join deployments d on d.id = p.deployment_id
        left join tofupilot_stations fs on fs.station_id = p.station_id
        left join tofupilot_deployments fd on fd.deployment_id = p.deployment_id
        left join tofupilot_pins t on t.procedure_id = p.procedure_id and t.station_id = p.station_id
        where p.procedure_id = ${procedureId}::uuid and p.to_at is null
          ${stationId ? sql`and p.station_id = ${stationId}::uuid` : sql``}
        order by lower(s.name)`,
  )
}

/** Whoever gets a station's row first looks at it anew and sends; the row is there from then on. */
export async function lockDelivery(tx: Db, procedureId: ProcedureId, stationId: StationId): Promise<void> {
  await tx.insert(tofupilotPins).values({ procedureId, stationId }).onConflictDoNothing()
  await tx.execute(
    sql`select 1 from tofupilot_pins where procedure_id = ${procedureId}::uuid and station_id = ${stationId}::uuid for update`,
  )
}

export async function saveDelivery(tx: Db, procedureId: ProcedureId, pin: PinDelivery): Promise<void> {
  const moment = (instant: Instant | null) => (instant === null ? null : new Date(instant))
  await tx
    .update(tofupilotPins)
    .set({
      taken: pin.taken,
      takenAt: moment(pin.takenAt),
      heldUntil: moment(pin.heldUntil),
      strayUntil: moment(pin.strayUntil),
      againAt: moment(pin.againAt),
      tried: pin.tried,
      tries: pin.tries,
      nextAt: moment(pin.nextAt),
      error: pin.error,
    })
    .where(and(eq(tofupilotPins.procedureId, procedureId), eq(tofupilotPins.stationId, pin.stationId)))
}

export type Found = { stationId: StationId; sha: string | null }

/** What TofuPilot gives each station, as it said at that moment. */
export async function noteFound(
  db: Db,
  procedureId: ProcedureId,
  found: Found[],
  at: Instant,
): Promise<void> {
  if (found.length === 0) return
  const moment = new Date(at).toISOString()
  await db.execute(
    sql`insert into tofupilot_pins as t (procedure_id, station_id, found_sha, found_since, found_at)
        select ${procedureId}::uuid, f."stationId", f.sha, ${moment}::timestamptz, ${moment}::timestamptz
        from jsonb_to_recordset(${JSON.stringify(found)}::text::jsonb) as f ("stationId" uuid, sha text)
        on conflict (procedure_id, station_id) do update set found_sha = excluded.found_sha, found_at = excluded.found_at,
          found_since = case when t.found_sha is not distinct from excluded.found_sha then coalesce(t.found_since, excluded.found_since)
            else excluded.found_since end`,
  )
}

/** Sends the present pins of these stations once more. */
export async function sendAgain(
  tx: Db,
  procedureId: ProcedureId,
  stations: StationId[],
  at: Instant,
): Promise<void> {
  if (stations.length === 0) return
  const ids = sql`(select value::uuid from jsonb_array_elements_text(${JSON.stringify(stations)}::text::jsonb))`
  await tx.execute(
    sql`update tofupilot_pins set again_at = ${new Date(at).toISOString()}::timestamptz
        where procedure_id = ${procedureId}::uuid and station_id in ${ids}`,
  )
}

/** What is known of its deliveries says nothing any more: its stations may have been given anything meanwhile. */
export async function forgetDeliveries(tx: Db, procedureId: ProcedureId): Promise<void> {
  await tx.delete(tofupilotPins).where(eq(tofupilotPins.procedureId, procedureId))
}

/** The builds that its stations were asked to run since then, and the procedure's present and former ones. */
export async function buildsAsked(db: Db, procedureId: ProcedureId, since: Instant): Promise<DeploymentId[]> {
  const found = await rows<{ id: DeploymentId }>(
    db,
    sql`select deployment_id::text as id from pins where procedure_id = ${procedureId}::uuid
          and (to_at is null or to_at > ${new Date(since).toISOString()}::timestamptz)
        union select active_deployment_id::text from procedures where id = ${procedureId}::uuid and active_deployment_id is not null
        union select former_deployment_id::text from procedures where id = ${procedureId}::uuid and former_deployment_id is not null`,
  )
  return found.map(({ id }) => id)
}
