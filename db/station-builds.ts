// What a station was asked to run and what it acknowledged, newest first, over all that it runs.
import { sql } from 'drizzle-orm'
import type { StationId } from '../server/domain/ids.ts'
import type { PastPickup, PastPin } from '../server/domain/station-record.ts'
import { type Db, rows } from './client.ts'

const ms = (column: string) => sql.raw(`(extract(epoch from ${column}) * 1000)::float8`)

export async function pinsOfStation(db: Db, stationId: StationId, limit: number): Promise<PastPin[]> {
  return rows(
    db,
    sql`select jsonb_build_object('id', p.id, 'name', p.name) as procedure,
          jsonb_build_object('id', d.id, 'version', d.version) as build, x.rollout_id::text as "rolloutId",
          ${ms('x.from_at')} as "from", ${ms('x.to_at')} as "to", ${ms('x.served_at')} as "servedAt"
        from procedures p cross join lateral (
          select * from pins where procedure_id = p.id and station_id = ${stationId}::uuid
          order by from_at desc, id desc limit ${limit}) x
        join deployments d on d.id = x.deployment_id
        order by x.from_at desc, x.id desc limit ${limit}`,
  )
}

export async function pickupsOfStation(db: Db, stationId: StationId, limit: number): Promise<PastPickup[]> {
  return rows(
    db,
    sql`select jsonb_build_object('id', p.id, 'name', p.name) as procedure,
          jsonb_build_object('id', d.id, 'version', d.version) as build, x.state, x.message, ${ms('x.from_at')} as at
        from procedures p cross join lateral (
          select * from pickups where procedure_id = p.id and station_id = ${stationId}::uuid
          order by from_at desc, id desc limit ${limit}) x
        join deployments d on d.id = x.deployment_id
        order by x.from_at desc, x.id desc limit ${limit}`,
  )
}
