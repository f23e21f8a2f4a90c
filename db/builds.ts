// Builds as they are looked up, and what is kept of them beside their row.
import { and, eq, or, sql } from 'drizzle-orm'
import type { Actor } from '../server/domain/actor.ts'
import type { StatusChange } from '../server/domain/build-record.ts'
import type { DeploymentId, ProcedureId, RolloutId } from '../server/domain/ids.ts'
import type { Instant } from '../server/domain/instant.ts'
import { type Db, rows } from './client.ts'
import { announceStations } from './pins.ts'
import type { Deployment } from './registry.ts'
import { deployments } from './schema/procedures.ts'

export async function buildOfVersion(
  db: Db,
  procedureId: ProcedureId,
  version: string,
): Promise<Deployment | null> {
  const [found] = await db
    .select()
    .from(deployments)
    .where(
      and(
        eq(deployments.procedureId, procedureId),
        eq(sql`lower(${deployments.version})`, version.toLowerCase()),
      ),
    )
  return found ?? null
}

/** Those of a commit, oldest first. A sha may have been registered by its first digits alone. */
export async function buildsOfCommit(db: Db, procedureId: ProcedureId, sha: string): Promise<Deployment[]> {
  return db
    .select()
    .from(deployments)
    .where(
      and(
        eq(deployments.procedureId, procedureId),
        or(eq(deployments.commitSha, sha), sql`starts_with(${sha}, ${deployments.commitSha})`),
      ),
    )
    .orderBy(deployments.createdAt)
}

export async function changeDeployment(
  tx: Db,
  id: DeploymentId,
  change: { [Key in keyof Omit<Deployment, 'id' | 'procedureId'>]?: Deployment[Key] | undefined },
): Promise<Deployment | null> {
  const [changed] = await tx.update(deployments).set(change).where(eq(deployments.id, id)).returning()
  // Stations are answered with its version, commit and artifact.
  if (changed)
    await announceStations(
      tx,
      sql`select station_id from pins where procedure_id = ${changed.procedureId}::uuid
            and deployment_id = ${id}::uuid and to_at is null`,
    )
  return changed ?? null
}

/** Whether a station was ever asked to run it, or said that it does: what it pulled can be changed no more. */
export async function wasOnStations(
  db: Db,
  { id, procedureId }: Pick<Deployment, 'id' | 'procedureId'>,
): Promise<boolean> {
  const [found] = await rows<{ was: boolean }>(
    db,
    sql`select exists (select 1 from pins where procedure_id = ${procedureId}::uuid and deployment_id = ${id}::uuid)
          or exists (select 1 from pickups where procedure_id = ${procedureId}::uuid and deployment_id = ${id}::uuid)
          or exists (select 1 from procedures where id = ${procedureId}::uuid and active_deployment_id = ${id}::uuid) as was`,
  )
  return found?.was === true
}

/** The version of the newest production build that is ready and came later: it was registered, or promoted, after this one. */
export async function newerCandidate(
  db: Db,
  { id, procedureId }: Pick<Deployment, 'id' | 'procedureId'>,
): Promise<string | null> {
  const since = sql`coalesce((d.promoted ->> 'at')::float8, extract(epoch from d.created_at)::float8 * 1000)`
  const [found] = await rows<{ version: string }>(
    db,
    sql`with candidates as (select d.id, d.version, d.environment, d.status, ${since} as since
          from deployments d where d.procedure_id = ${procedureId}::uuid)
        select version from candidates
        where environment = 'production' and status = 'ready'
          and since > (select own.since from candidates own where own.id = ${id}::uuid)
        order by since desc limit 1`,
  )
  return found?.version ?? null
}

export async function statusChangesOf(
  db: Db,
  { id, procedureId }: Pick<Deployment, 'id' | 'procedureId'>,
): Promise<StatusChange[]> {
  return rows(
    db,
    sql`select body ->> 'from' as "from", body ->> 'to' as "to", (extract(epoch from at) * 1000)::float8 as at,
          body -> 'by' as by, body ->> 'why' as why
        from procedure_events where procedure_id = ${procedureId}::uuid and type = 'BuildStatus'
          and body ->> 'deploymentId' = ${id} order by id`,
  )
}

/** What came of pushing it automatically: the rollout that was started, or why none was. */
export type PushOfBuild = {
  deploymentId: DeploymentId
  rolloutId: RolloutId | null
  held: string | null
  at: Instant
}

/** The latest of each build. */
export async function pushesOf(
  db: Db,
  procedureId: ProcedureId,
  deploymentId: DeploymentId | null = null,
): Promise<PushOfBuild[]> {
  return rows(
    db,
    sql`select distinct on (body ->> 'deploymentId') body ->> 'deploymentId' as "deploymentId",
          body ->> 'rolloutId' as "rolloutId", body ->> 'held' as held, (extract(epoch from at) * 1000)::float8 as at
        from procedure_events where procedure_id = ${procedureId}::uuid and type = 'Pushed'
          and (${deploymentId}::text is null or body ->> 'deploymentId' = ${deploymentId}::text)
        order by body ->> 'deploymentId', id desc`,
  )
}

/** Who switched automatic pushes on or off last, and by what: a rollback switches them off. Null: nobody has yet. */
export type PushSwitch = { on: boolean; rolledBackTo: string | null; by: Actor; at: Instant }

export async function lastPushSwitch(db: Db, procedureId: ProcedureId): Promise<PushSwitch | null> {
  const [found] = await rows<PushSwitch>(
    db,
    sql`select e.type = 'PushSwitched' and (e.body ->> 'on')::boolean as "on",
          case when e.type = 'RolledBack' then d.version end as "rolledBackTo",
          e.body -> 'by' as by, (extract(epoch from e.at) * 1000)::float8 as at
        from procedure_events e left join deployments d on d.id = (e.body ->> 'deploymentId')::uuid
        where e.procedure_id = ${procedureId}::uuid
          and (e.type = 'PushSwitched' or (e.type = 'RolledBack' and (e.body ->> 'stoppedPushes')::boolean))
        order by e.id desc limit 1`,
  )
  return found ?? null
}
