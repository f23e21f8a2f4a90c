// What happened to a procedure's active build, newest first: its rollouts, and the changes that were made without one.
import { sql } from 'drizzle-orm'
import type { Actor } from '../server/domain/actor.ts'
import type { ProcedureId, RolloutId } from '../server/domain/ids.ts'
import type { Instant } from '../server/domain/instant.ts'
import type { RolloutState } from '../server/domain/rollout/state.ts'
import { type Db, rows } from './client.ts'

export type PastRollout = {
  id: RolloutId
  version: string
  status: RolloutState['status']
  owner: Actor
  reason: string | null
  /** The first stage's; when it was created, while it waits. */
  startedAt: Instant
  /** -1 while it waits. */
  stageIndex: number
  stageCount: number
  /** Completed or aborted: stations may still be on their way back to base. */
  ended: { at: Instant; by: Actor; why: string | null } | null
}

/** Newest first: by when they ended, or, while they are live, when they started. */
export async function latestRollouts(
  db: Db,
  procedureId: ProcedureId,
  limit: number,
): Promise<PastRollout[]> {
  // The column ended_at says until when runs are counted: that is later than the end.
  const end = sql`case r.status when 'completed' then r.state -> 'lastDecision'
    when 'aborting' then r.state -> 'abort' when 'aborted' then r.state -> 'abort' end`
  return rows(
    db,
    sql`with told as (
          select r.id, d.version, r.status, r.state, ${end} as ended
          from rollouts r join deployments d on d.id = r.deployment_id
          where r.procedure_id = ${procedureId}::uuid)
        select id::text as id, version, status, state -> 'owner' as owner, state ->> 'reason' as reason,
          coalesce(state ->> 'startedAt', state ->> 'createdAt')::float8 as "startedAt",
          coalesce((state ->> 'stageIndex')::int, -1) as "stageIndex",
          jsonb_array_length(state -> 'plan' -> 'stages') as "stageCount",
          case when ended is not null then
            jsonb_build_object('at', coalesce(state -> 'endedAt', ended -> 'at'), 'by', ended -> 'by', 'why', ended -> 'why') end as ended
        from told
        order by coalesce(state ->> 'endedAt', ended ->> 'at', state ->> 'startedAt', state ->> 'createdAt')::float8 desc, id
        limit ${limit}`,
  )
}

/** Named as active by a person, rolled back to, or pinned to one station by hand. */
export type BuildChange = {
  type: 'Activated' | 'RolledBack' | 'Pinned'
  /** The one station that it was pinned to; null: all of them. */
  station: string | null
  version: string
  at: Instant
  by: Actor
  why: string | null
}

export async function latestBuildChanges(
  db: Db,
  procedureId: ProcedureId,
  limit: number,
): Promise<BuildChange[]> {
  return rows(
    db,
    sql`select e.type, s.name as station, d.version, (extract(epoch from e.at) * 1000)::float8 as at, e.body -> 'by' as by, e.body ->> 'why' as why
        from procedure_events e join deployments d on d.id = (e.body ->> 'deploymentId')::uuid
        left join stations s on s.id = (e.body ->> 'stationId')::uuid
        where e.procedure_id = ${procedureId}::uuid and e.type in ('Activated', 'RolledBack', 'Pinned')
        order by e.at desc, e.id desc limit ${limit}`,
  )
}
