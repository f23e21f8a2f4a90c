// The procedures of a station with what it is asked to run of each, and stations with their procedures.
import { sql } from 'drizzle-orm'
import type { DeploymentId, ProcedureId, StationId } from '../server/domain/ids.ts'
import type { Instant } from '../server/domain/instant.ts'
import { type Db, rows } from './client.ts'
import { notePinServed } from './pins.ts'
import type { Deployment } from './registry.ts'
import type { Repository } from './schema/procedures.ts'

export type PinnedBuild = {
  id: DeploymentId
  /** The pin, unless the station has been answered with it before. */
  untold: string | null
  since: Instant
  status: Deployment['status']
  commitSha: string
  commitMessage: string
  commitBranch: string | null
  artifactUrl: string | null
  artifactSha256: string | null
}
export type StationProcedure = {
  id: ProcedureId
  name: string
  identifier: string | null
  repository: Repository | null
  pinned: PinnedBuild | null
}

/** By name. */
async function proceduresOfStation(db: Db, stationId: StationId): Promise<StationProcedure[]> {
  return rows<StationProcedure>(
    db,
    sql`select p.id::text as id, p.name, p.identifier, p.repository,
          case when d.id is null then null else jsonb_build_object('id', d.id,
            'untold', case when pins.served_at is null then pins.id::text end, 'since', (extract(epoch from pins.from_at) * 1000)::float8, 'status', d.status, 'commitSha', d.commit_sha,
            'commitMessage', d.commit_message, 'commitBranch', d.commit_branch, 'artifactUrl', d.artifact_url,
            'artifactSha256', d.artifact_sha256) end as pinned
        from station_procedures l join procedures p on p.id = l.procedure_id
        left join pins on pins.procedure_id = l.procedure_id and pins.station_id = l.station_id and pins.to_at is null
        left join deployments d on d.id = pins.deployment_id
        where l.station_id = ${stationId}::uuid order by lower(p.name)`,
  )
}

/**
 * The same, to answer the station with: noted before it is. A pin that is over by then may be a build that was taken back,
 * which nobody would know the station has: it is looked up again.
 */
export async function proceduresToTell(
  db: Db,
  stationId: StationId,
  now: Instant,
): Promise<StationProcedure[]> {
  for (;;) {
    const found = await proceduresOfStation(db, stationId)
    const untold = found.flatMap(({ id, pinned }) =>
      pinned && pinned.untold !== null ? [{ id: pinned.untold, procedureId: id }] : [],
    )
    const noted = await Promise.all(untold.map((pin) => notePinServed(db, pin, now)))
    if (noted.every(Boolean)) return found
  }
}

/** Counted runs, per procedure, of the station alone or of all; those of the hours from that moment on. */
export async function runCounts(
  db: Db,
  of: { stationId: StationId | null; procedureIds: ProcedureId[]; since: Instant | null },
): Promise<Map<ProcedureId, number>> {
  const ids = sql`(select value::uuid from jsonb_array_elements_text(${JSON.stringify(of.procedureIds)}::text::jsonb))`
  const found = await rows<{ id: ProcedureId; count: number }>(
    db,
    sql`select procedure_id::text as id, sum(runs)::int as count from hourly_tallies where procedure_id in ${ids}
          ${of.stationId === null ? sql`` : sql`and station_id = ${of.stationId}::uuid`}
          ${of.since === null ? sql`` : sql`and hour >= ${new Date(of.since).toISOString()}::timestamptz`}
        group by procedure_id`,
  )
  return new Map(found.map(({ id, count }) => [id, count]))
}

export type ListedStation = {
  id: StationId
  name: string
  procedures: { id: ProcedureId; identifier: string | null; name: string }[]
  /** When it was registered, in microseconds: its place in the list. */
  place: number
}

/** In the order in which they were registered; those of one moment come together, even beyond the limit. */
export async function listedStations(
  db: Db,
  wanted: { search: string | null; procedureIds: ProcedureId[] | null; after: number | null },
  limit: number,
): Promise<ListedStation[]> {
  const place = sql`(extract(epoch from s.created_at) * 1000000)::bigint`
  const ids = sql`(select value::uuid from jsonb_array_elements_text(${JSON.stringify(wanted.procedureIds ?? [])}::text::jsonb))`
  return rows<ListedStation>(
    db,
    sql`select s.id::text as id, s.name, ${place}::float8 as place, coalesce((
          select jsonb_agg(jsonb_build_object('id', p.id, 'identifier', p.identifier, 'name', p.name) order by lower(p.name))
          from station_procedures l join procedures p on p.id = l.procedure_id where l.station_id = s.id), '[]') as procedures
        from stations s
        where true ${wanted.search === null ? sql`` : sql`and strpos(lower(s.name), lower(${wanted.search})) > 0`}
          ${wanted.after === null ? sql`` : sql`and ${place} > ${wanted.after}::bigint`}
          ${wanted.procedureIds === null ? sql`` : sql`and exists (select 1 from station_procedures l where l.station_id = s.id and l.procedure_id in ${ids})`}
        order by s.created_at fetch first ${limit} rows with ties`,
  )
}
