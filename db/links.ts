// Which station runs which procedure, and what each of the two facts and the desire say: pinned, pulled, ran.
import { sql } from 'drizzle-orm'
import type { DeploymentId, ProcedureId, RolloutId, RunId, StationId } from '../server/domain/ids.ts'
import type { Instant } from '../server/domain/instant.ts'
import type { RunOutcome } from '../server/domain/run.ts'
import { type Db, rows } from './client.ts'

export async function linksOf(
  db: Db,
  ids: StationId[],
): Promise<{ stationId: StationId; procedureId: ProcedureId; timeLimitSeconds: number }[]> {
  return rows(
    db,
    sql`select l.station_id::text as "stationId", p.id::text as "procedureId", p.time_limit_seconds as "timeLimitSeconds"
        from station_procedures l join procedures p on p.id = l.procedure_id
        where l.station_id in (select value::uuid from jsonb_array_elements_text(${JSON.stringify(ids)}::text::jsonb))
        order by p.id`,
  )
}

type Build = { id: DeploymentId; version: string }
export type StationProcedure = {
  id: ProcedureId
  name: string
  active: Build | null
  desired: (Build & { since: Instant; servedAt: Instant | null; rolloutId: RolloutId | null }) | null
  pulled: (Build & { state: 'pulled' | 'running' | 'failed'; message: string | null; at: Instant }) | null
  /** Its latest run of a known build. */
  ran: (Build & { runId: RunId; outcome: RunOutcome; at: Instant }) | null
  /** The latest run of all, also one that nobody could attribute. */
  lastRunAt: Instant | null
  /** The live rollout that it is in. */
  rollout: { id: RolloutId; status: string; station: string } | null
}

/** What a station is asked to run, says that it has, and ran, procedure by procedure. */
export async function stationProceduresOf(db: Db, stationId: StationId): Promise<StationProcedure[]> {
  const build = (of: string, more: string) =>
    sql.raw(
      `case when ${of}.id is null then null else jsonb_build_object('id', ${of}.id, 'version', ${of}.version${more}) end`,
    )
  const ms = (column: string) => `(extract(epoch from ${column}) * 1000)::float8`
  return rows(
    db,
    sql`select p.id::text as id, p.name, ${build('active', '')} as active,
          ${build('wanted', `, 'since', ${ms('pin.from_at')}, 'servedAt', ${ms('pin.served_at')}, 'rolloutId', pin.rollout_id`)} as desired,
          ${build('taken', `, 'state', told.state, 'message', told.message, 'at', ${ms('told.from_at')}`)} as pulled,
          ${build('used', `, 'runId', ran.id, 'outcome', ran.outcome, 'at', ${ms('ran.started_at')}`)} as ran,
          ${sql.raw(ms('alive.started_at'))} as "lastRunAt",
          case when live.id is null then null else jsonb_build_object('id', live.id, 'status', live.status,
            'station', live.station) end as rollout
        from station_procedures l join procedures p on p.id = l.procedure_id
        left join deployments active on active.id = p.active_deployment_id
        left join pins pin on pin.procedure_id = l.procedure_id and pin.station_id = l.station_id and pin.to_at is null
        left join deployments wanted on wanted.id = pin.deployment_id
        left join lateral (select * from pickups where procedure_id = l.procedure_id and station_id = l.station_id
          order by from_at desc, id desc limit 1) told on true
        left join deployments taken on taken.id = told.deployment_id
        left join lateral (select * from runs where procedure_id = l.procedure_id and station_id = l.station_id
          and deployment_id is not null and not shadow order by started_at desc limit 1) ran on true
        left join deployments used on used.id = ran.deployment_id
        left join lateral (select started_at from runs where procedure_id = l.procedure_id and station_id = l.station_id
          order by started_at desc limit 1) alive on true
        left join lateral (select r.id, r.status, s.progress->>'status' as station from rollout_stations s
          join rollouts r on r.procedure_id = s.procedure_id and r.id = s.rollout_id
          where s.procedure_id = l.procedure_id and s.station_id = l.station_id
            and r.status in ('pending', 'active', 'paused', 'aborting') order by r.created_at desc limit 1) live on true
        where l.station_id = ${stationId}::uuid order by lower(p.name)`,
  )
}
