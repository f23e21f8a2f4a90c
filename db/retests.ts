// Units that are tested again on the other build: which could be, which were asked for, and what they did since.
import { sql } from 'drizzle-orm'
import type { ProcedureId, RolloutId } from '../server/domain/ids.ts'
import type { FailedFirst } from '../server/domain/retest-choice.ts'
import type { ListedUnit } from '../server/domain/retests.ts'
import { type Db, rows } from './client.ts'
import { countsThere } from './counts-there.ts'
import { retests } from './schema/rollouts.ts'

/** More than a line would ever test again; a bad build on a large fleet fails many more. */
const mostOfAnArm = 1000

/**
 * First attempts of a rollout's arms that did not pass, at most 1,000 of each arm, newest first. Reference samples have
 * no first attempt; a unit that has one of each day comes once, with its newest.
 */
export async function failedFirstAttempts(
  db: Db,
  procedureId: ProcedureId,
  rolloutId: RolloutId,
): Promise<FailedFirst[]> {
  return rows<FailedFirst>(
    db,
    sql`with failed as (
          select f.unit, f.run_id, f.station_id, f.product, f.started_at,
            case f.deployment_id when o.deployment_id then 'canary' else 'base' end as arm,
            row_number() over (partition by f.deployment_id order by f.started_at desc, f.unit) as place,
            row_number() over (partition by f.unit order by f.started_at desc, f.run_id) as newest
          from rollouts o
          join first_attempts f on f.procedure_id = o.procedure_id
            and f.started_at >= o.started_at and (o.ended_at is null or f.started_at < o.ended_at)
            and f.deployment_id in (o.deployment_id, o.base_deployment_id)
          where o.procedure_id = ${procedureId}::uuid and o.id = ${rolloutId}::uuid and not f.passed
            and exists (select 1 from rollout_stations m where m.procedure_id = o.procedure_id
              and m.rollout_id = o.id and m.station_id = f.station_id
              and ${countsThere('f.started_at', 'm')}))
        select f.unit, r.serial, f.arm as "failedIn", r.outcome, s.site, f.product,
          (extract(epoch from f.started_at) * 1000)::float8 as "failedAt", tested.attempts, tested."hasPassed",
          exists (select 1 from retests t where t.procedure_id = ${procedureId}::uuid
            and t.rollout_id = ${rolloutId}::uuid and t.unit = f.unit) as "isListed"
        from failed f
        join runs r on r.procedure_id = ${procedureId}::uuid and r.id = f.run_id
        join stations s on s.id = f.station_id
        cross join lateral (
          select count(*)::int as attempts, bool_or(a.outcome = 'PASS') as "hasPassed" from runs a
          where a.procedure_id = ${procedureId}::uuid and a.unit = f.unit and a.outcome <> 'ABORTED'
            and a.sample is null and not a.shadow) tested
        where f.place <= ${mostOfAnArm} and f.newest = 1
        order by f.started_at desc, f.unit`,
  )
}

/** All that were asked for in a rollout, by pair, with the run that failed and every run that started since. */
export async function listedUnits(
  db: Db,
  procedureId: ProcedureId,
  rolloutId: RolloutId,
): Promise<ListedUnit[]> {
  return rows<ListedUnit>(
    db,
    sql`select t.pair, t.serial, t.failed_in as "failedIn", t.asked_by as "askedBy",
          (extract(epoch from t.asked_at) * 1000)::float8 as "askedAt", failure.failed,
          coalesce(since.runs, '[]'::jsonb) as runs
        from retests t
        join rollouts o on o.procedure_id = t.procedure_id and o.id = t.rollout_id
        cross join lateral (
          select jsonb_build_object('outcome', r.outcome, 'at', (extract(epoch from r.started_at) * 1000)::float8,
              'station', s.name, 'site', s.site, 'version', d.version, 'failureMode', r.failure_mode) as failed
          from runs r join stations s on s.id = r.station_id join deployments d on d.id = r.deployment_id
          where r.procedure_id = t.procedure_id and r.unit = t.unit and r.sample is null and not r.shadow
            and r.deployment_id = case t.failed_in when 'canary' then o.deployment_id else o.base_deployment_id end
            and r.outcome not in ('PASS', 'ABORTED')
          -- what had come before it was asked for; the clocks of two processes may differ, so nothing is dropped for it
          order by r.received_at > t.asked_at, r.started_at, r.id limit 1) failure
        cross join lateral (
          select jsonb_agg(jsonb_build_object('outcome', r.outcome, 'station', s.name, 'version', d.version,
              'deploymentId', r.deployment_id, 'isSample', r.sample is not null,
              'startedAt', (extract(epoch from r.started_at) * 1000)::float8,
              'receivedAt', (extract(epoch from r.received_at) * 1000)::float8) order by r.started_at, r.id) as runs
          from runs r join stations s on s.id = r.station_id left join deployments d on d.id = r.deployment_id
          where r.procedure_id = t.procedure_id and r.unit = t.unit and not r.shadow
            and r.started_at >= t.asked_at) since
        where t.procedure_id = ${procedureId}::uuid and t.rollout_id = ${rolloutId}::uuid
        order by t.pair, t.failed_in`,
  )
}

/** The caller holds the rollout's row: pairs go on from the last one. @throws where a unit is asked for twice. */
export async function addRetests(tx: Db, asked: (typeof retests.$inferInsert)[]): Promise<void> {
  await tx.insert(retests).values(asked)
}
