// What a station is known by and answered with, read for many at once; and marks that tell whether any of it changed.
import { type SQL, sql } from 'drizzle-orm'
import type { DeploymentId, ProcedureId, StationId } from '../server/domain/ids.ts'
import type { Instant } from '../server/domain/instant.ts'
import { type Db, rows } from './client.ts'

export type Assignment = {
  procedureId: ProcedureId
  procedureName: string
  /** The pin, unless the station has been answered with it before. */
  untold: string | null
  deployment: {
    id: DeploymentId
    version: string
    commitSha: string
    artifactUrl: string | null
    artifactSha256: string | null
  } | null
}
/** A station by one of its keys, which may have ended. */
export type KeyedStation = {
  keyHash: string
  endsAt: Instant | null
  usedAt: Instant | null
  id: StationId
  name: string
  bucket: number
  /** Of all this but `usedAt` and `untold`: see `bucketMarks`. */
  mark: string
  /** Of all its procedures, by name. */
  assignments: Assignment[]
}

/** Keys that no station has are missing. */
export async function keyedStations(db: Db, keyHashes: string[]): Promise<KeyedStation[]> {
  return rows<KeyedStation>(
    db,
    sql`with keyed as materialized (
          select k.hash, k.ends_at, k.last_used_at, s.id, s.name from station_keys k join stations s on s.id = k.station_id
          where k.hash in (select jsonb_array_elements_text(${JSON.stringify(keyHashes)}::text::jsonb))),
        own as materialized (select distinct id from keyed),
        ${markedBuilds}
        select keyed.hash as "keyHash", ${ms('keyed.ends_at')} as "endsAt", ${ms('keyed.last_used_at')} as "usedAt",
          keyed.id::text as id, keyed.name, ${bucketOf('keyed.id')} as bucket, marked.mark::text as mark,
          coalesce(assigned.list, '[]') as assignments
        from keyed
        join (select station_id, bit_xor(mark) as mark from (${marks('join own on own.id = ')}) parts group by 1) marked
          on marked.station_id = keyed.id
        left join (
          select l.station_id, json_agg(json_build_object('procedureId', p.id, 'procedureName', p.name,
            'untold', case when pin.served_at is null then pin.id::text end,
            'deployment', case when d.id is not null then json_build_object('id', d.id, 'version', d.version,
              'commitSha', d.commit_sha, 'artifactUrl', d.artifact_url, 'artifactSha256', d.artifact_sha256) end)
            order by lower(p.name)) as list
          from own join station_procedures l on l.station_id = own.id join procedures p on p.id = l.procedure_id ${sql.raw(presentPin)}
          left join deployments d on d.id = pin.deployment_id group by l.station_id) assigned
          on assigned.station_id = keyed.id`,
  )
}

/**
 * One mark of all stations of each bucket: whatever is inserted, deleted or changed of what they are known by and answered
 * with gives another one, in whichever order it commits and whoever did it. Counts and largest ids would not: of two pins
 * the one with the smaller id may commit last.
 */
export async function bucketMarks(db: Db): Promise<Map<number, string>> {
  const found = await rows<{ bucket: number; mark: string }>(
    db,
    sql`with ${markedBuilds}
        select ${bucketOf('station_id')} as bucket, bit_xor(mark)::text as mark from (${marks()}) parts group by 1`,
  )
  return new Map(found.map(({ bucket, mark }) => [bucket, mark]))
}

/** The mark of each station of those buckets. */
export async function marksIn(db: Db, buckets: number[]): Promise<Map<StationId, string>> {
  const found = await rows<{ id: StationId; mark: string }>(
    db,
    sql`with ${markedBuilds}
        select station_id::text as id, bit_xor(mark)::text as mark from (${marks()}) parts
        where ${bucketOf('station_id')} in (select value::int from jsonb_array_elements_text(${JSON.stringify(buckets)}::text::jsonb))
        group by station_id`,
  )
  return new Map(found.map(({ id, mark }) => [id, mark]))
}

/** Stations are in 256 buckets, so that one that changes has few others compared with it. */
function bucketOf(column: string): SQL {
  return sql.raw(`(uuid_hash(${column}) & 255)`)
}

function ms(column: string): SQL {
  return sql.raw(`(extract(epoch from ${column}) * 1000)::float8`)
}

const presentPin =
  'left join pins pin on pin.procedure_id = l.procedure_id and pin.station_id = l.station_id and pin.to_at is null'

/** Once each, however many stations have it: to write a build as text takes longer than all else. */
const markedBuilds = sql.raw(`
  marked_builds as materialized (select id, hashtextextended(row(version, commit_sha, artifact_url, artifact_sha256)::text,
    uuid_hash_extended(id, 0)) as mark from deployments),
  marked_procedures as materialized (select id, hashtextextended(name, uuid_hash_extended(id, 0)) as mark from procedures)`)

/**
 * Of each part of a station a hash in which the station itself takes part, so that equal parts of two do not cancel out.
 * `own`: a join that leaves only some stations, up to the station's id.
 */
function marks(own = ''): SQL {
  const only = (id: string) => (own === '' ? '' : `${own} ${id}`)
  return sql.raw(`
    select s.id as station_id, hashtextextended(s.name, uuid_hash_extended(s.id, 0)) as mark
      from stations s ${only('s.id')}
    union all
    select k.station_id, hashtextextended(k.hash, case when k.ends_at is null then 0
      else (extract(epoch from k.ends_at) * 1000)::int8 end) from station_keys k ${only('k.station_id')}
    union all
    select l.station_id, uuid_hash_extended(l.station_id,
        hashint8extended(coalesce(pin.id, 0), p.mark # coalesce(d.mark, 0)))
      from station_procedures l ${only('l.station_id')} join marked_procedures p on p.id = l.procedure_id
      ${presentPin}
      left join marked_builds d on d.id = pin.deployment_id`)
}
