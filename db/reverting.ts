// The way back of stations: told, pulled, proven. Of an abort, and of a rollback outside of a rollout.
import { sql } from 'drizzle-orm'
import type { Actor } from '../server/domain/actor.ts'
import type { DeploymentId, ProcedureId, RolloutId, StationId } from '../server/domain/ids.ts'
import type { Instant } from '../server/domain/instant.ts'
import type { Reverted } from '../server/domain/reverting.ts'
import { type Db, rows } from './client.ts'

const ms = (column: string) => sql.raw(`(extract(epoch from ${column}) * 1000)::float8`)

export type Rollback = {
  id: number
  at: Instant
  by: Actor
  why: string | null
  to: { id: DeploymentId; version: string }
  takenBack: { id: DeploymentId; version: string } | null
  /** Its last station was proven back, and that was recorded. */
  isProven: boolean
}

/** The latest one, or the one that is asked for. */
export async function rollbackOf(
  db: Db,
  procedureId: ProcedureId,
  id: number | null = null,
): Promise<Rollback | null> {
  const [found] = await rows<Rollback>(
    db,
    sql`select e.id::int as id, ${ms('e.at')} as at, e.body -> 'by' as by, e.body ->> 'why' as why,
          jsonb_build_object('id', d.id, 'version', d.version) as to,
          case when f.id is not null then jsonb_build_object('id', f.id, 'version', f.version) end as "takenBack",
          exists (select 1 from procedure_events p where p.procedure_id = e.procedure_id and p.type = 'RollbackProven'
            and p.id > e.id and (p.body ->> 'rollbackId')::bigint = e.id) as "isProven"
        from procedure_events e join deployments d on d.id = (e.body ->> 'deploymentId')::uuid
        left join deployments f on f.id = (e.body ->> 'from')::uuid
        where e.procedure_id = ${procedureId}::uuid and e.type = 'RolledBack' and (${id}::bigint is null or e.id = ${id}::bigint)
        order by e.id desc limit 1`,
  )
  return found ?? null
}

/**
 * Stations that were pinned to another build at that moment and may have had the one before it: they were answered with
 * its pin, or showed it. Proven by the first run of the build, as of its arrival, or by `running`.
 */
export async function stationsOnTheirWayBack(
  db: Db,
  { procedureId, at, rolloutId }: { procedureId: ProcedureId; at: Instant; rolloutId: RolloutId | null },
): Promise<Reverted[]> {
  const moment = sql`${new Date(at).toISOString()}::timestamptz`
  return rows<Reverted>(
    db,
    sql`select s.id::text as id, s.name, ${ms('pin.served_at')} as "toldAt",
          ${ms('coalesce(pulled.at, running.at)')} as "pulledAt", ${ms('least(shown.received_at, running.at)')} as "provenAt",
          case when least(shown.received_at, running.at) is not null then null
            when link.station_id is null then 'unlinked' when pin.to_at is not null then 'asked for another build' end as excused,
          ${ms('greatest(s.last_seen_at, s.heartbeat_at, alive.received_at, pulled.at, running.at, pin.served_at)')} as "seenAt"
        from pins pin
        join stations s on s.id = pin.station_id
        left join station_procedures link on link.procedure_id = pin.procedure_id and link.station_id = pin.station_id
        join lateral (select * from pins f where f.procedure_id = pin.procedure_id and f.station_id = pin.station_id
          and f.from_at <= pin.from_at and f.id < pin.id and f.to_at = pin.from_at order by f.id desc limit 1) former on true
        left join lateral (select received_at from runs where procedure_id = pin.procedure_id and station_id = pin.station_id
          and started_at >= pin.from_at and (pin.to_at is null or started_at < pin.to_at) and deployment_id = pin.deployment_id
          and not shadow order by started_at limit 1) shown on true
        left join lateral (select received_at from runs where procedure_id = pin.procedure_id and station_id = pin.station_id
          order by started_at desc limit 1) alive on true
        left join lateral (select min(from_at) as at from pickups where procedure_id = pin.procedure_id
          and station_id = pin.station_id and from_at >= pin.from_at and deployment_id = pin.deployment_id and state = 'pulled') pulled on true
        left join lateral (select min(from_at) as at from pickups where procedure_id = pin.procedure_id
          and station_id = pin.station_id and from_at >= pin.from_at and deployment_id = pin.deployment_id and state = 'running') running on true
        where pin.procedure_id = ${procedureId}::uuid and pin.from_at = ${moment} and pin.rollout_id is not distinct from ${rolloutId}::uuid
          and (former.served_at is not null
            or exists (select 1 from pickups k where k.procedure_id = pin.procedure_id and k.station_id = pin.station_id
              and k.deployment_id = former.deployment_id and k.from_at >= former.from_at)
            or exists (select 1 from hourly_tallies t where t.procedure_id = pin.procedure_id and t.station_id = pin.station_id
              and t.deployment_id = former.deployment_id and t.runs > 0 and t.hour > former.from_at - interval '1 hour'))
        order by lower(s.name)`,
  )
}

/** The same of stations that are known to have had the build: those of an abort, by its record. */
export async function signsOfWayBack(
  db: Db,
  { procedureId, at, stations }: { procedureId: ProcedureId; at: Instant; stations: StationId[] },
): Promise<Map<StationId, Pick<Reverted, 'toldAt' | 'pulledAt' | 'seenAt'>>> {
  const moment = sql`${new Date(at).toISOString()}::timestamptz`
  const found = await rows<{ id: StationId } & Pick<Reverted, 'toldAt' | 'pulledAt' | 'seenAt'>>(
    db,
    sql`select s.id::text as id, ${ms('pin.served_at')} as "toldAt", ${ms('pulled.at')} as "pulledAt",
          ${ms('greatest(s.last_seen_at, s.heartbeat_at, alive.received_at, pulled.at, pin.served_at)')} as "seenAt"
        from jsonb_array_elements_text(${JSON.stringify(stations)}::text::jsonb) as wanted (id)
        join stations s on s.id = wanted.id::uuid
        left join lateral (select deployment_id, served_at from pins where procedure_id = ${procedureId}::uuid and station_id = s.id
          and from_at >= ${moment} order by from_at, id limit 1) pin on true
        left join lateral (select min(from_at) as at from pickups where procedure_id = ${procedureId}::uuid and station_id = s.id
          and from_at >= ${moment} and deployment_id = pin.deployment_id and state <> 'failed') pulled on true
        left join lateral (select received_at from runs where procedure_id = ${procedureId}::uuid and station_id = s.id
          order by started_at desc limit 1) alive on true`,
  )
  return new Map(found.map(({ id, ...signs }) => [id, signs]))
}
