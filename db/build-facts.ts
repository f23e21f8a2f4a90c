// What became of builds: their rollouts, their runs, and the stations that have them.
import { sql } from 'drizzle-orm'
import type { Actor } from '../server/domain/actor.ts'
import type { RolloutOfBuild, RunsOfBuild, StationOfBuild } from '../server/domain/build-record.ts'
import type { DeploymentId, ProcedureId } from '../server/domain/ids.ts'
import type { Instant } from '../server/domain/instant.ts'
import { type Db, rows } from './client.ts'

type Build = { id: DeploymentId; procedureId: ProcedureId }

/** Newest first. */
export async function rolloutsOf(db: Db, { id, procedureId }: Build): Promise<RolloutOfBuild[]> {
  return rows(
    db,
    sql`select id::text as id, status, state -> 'owner' as by, state ->> 'reason' as reason,
          (extract(epoch from created_at) * 1000)::float8 as "createdAt",
          (extract(epoch from started_at) * 1000)::float8 as "startedAt",
          case when status in ('aborting', 'aborted') then state -> 'abort' end as abort,
          case when status = 'completed' then (state ->> 'endedAt')::float8 end as "completedAt"
        from rollouts where procedure_id = ${procedureId}::uuid and deployment_id = ${id}::uuid
        order by created_at desc`,
  )
}

export type Abort = { deploymentId: DeploymentId; at: Instant; by: Actor; why: string }

/** Of the builds whose latest rollout was aborted: when, by whom and why. */
export async function abortsOf(db: Db, procedureId: ProcedureId): Promise<Abort[]> {
  return rows(
    db,
    sql`with latest as (select distinct on (deployment_id) deployment_id, status, state from rollouts
          where procedure_id = ${procedureId}::uuid order by deployment_id, created_at desc)
        select deployment_id::text as "deploymentId", (state -> 'abort' ->> 'at')::float8 as at,
          state -> 'abort' -> 'by' as by, state -> 'abort' ->> 'why' as why
        from latest where status in ('aborting', 'aborted')`,
  )
}

export async function runsOf(db: Db, { id, procedureId }: Build): Promise<RunsOfBuild> {
  const counted = (outcome: string) => sql`(count(*) filter (where outcome = ${outcome} and not shadow))::int`
  const [found] = await rows<RunsOfBuild>(
    db,
    sql`select (count(*) filter (where not shadow))::int as total, ${counted('PASS')} as pass, ${counted('FAIL')} as fail,
          ${counted('ERROR')} as error, ${counted('TIMEOUT')} as timeout, ${counted('ABORTED')} as aborted,
          (count(*) filter (where shadow))::int as shadow, (extract(epoch from max(started_at)) * 1000)::float8 as "lastAt"
        from runs where procedure_id = ${procedureId}::uuid and deployment_id = ${id}::uuid`,
  )
  if (!found) throw new Error('an aggregate answers one row')
  return found
}

/** Stations of the procedure of which at least one of the three holds now. */
export async function stationsOfBuild(db: Db, { id, procedureId }: Build): Promise<StationOfBuild[]> {
  const ms = (column: string) => sql`(extract(epoch from ${sql.raw(column)}) * 1000)::float8`
  return rows(
    db,
    sql`select s.id::text as id, s.name, s.site, s.line, ${ms('p.from_at')} as "pinnedSince",
          ${ms('k.from_at')} as "pulledAt", ${ms('r.started_at')} as "lastRunAt"
        from station_procedures l join stations s on s.id = l.station_id
        left join pins p on p.procedure_id = l.procedure_id and p.station_id = l.station_id and p.to_at is null
          and p.deployment_id = ${id}::uuid
        left join lateral (
          select deployment_id, from_at from pickups where procedure_id = l.procedure_id and station_id = l.station_id
            and to_at is null and state <> 'failed' order by id desc limit 1) k on k.deployment_id = ${id}::uuid
        left join lateral (
          select deployment_id, started_at from runs where procedure_id = l.procedure_id and station_id = l.station_id
            and deployment_id is not null and not shadow order by started_at desc limit 1) r on r.deployment_id = ${id}::uuid
        where l.procedure_id = ${procedureId}::uuid
          and (p.from_at is not null or k.from_at is not null or r.started_at is not null)
        order by lower(s.name)`,
  )
}
