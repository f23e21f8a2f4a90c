// Shadow runs of a rollout's new build, with the runs of production that the same units had around them.
import { sql } from 'drizzle-orm'
import type { ProcedureId, RolloutId } from '../server/domain/ids.ts'
import { type PairableRun, pairWindowMs } from '../server/domain/shadow-pairs.ts'
import { type Db, rows } from './client.ts'

/**
 * A judge reads them at every look. So many decide it: what 5,000 pairs have not shown, no unit would notice; and to
 * stay with the first ones keeps what they prove valid at any look.
 */
const mostShadowRuns = 5_000

/**
 * Until the rollout's end, from before its start too; the first 5,000 shadow runs. No reference samples. 5,000 units
 * take 60 ms.
 * @param withMetrics only where what runs report is asked for: it is most of what is read.
 */
export async function shadowRuns(
  db: Db,
  procedureId: ProcedureId,
  rolloutId: RolloutId,
  withMetrics: boolean,
): Promise<PairableRun[]> {
  return rows<PairableRun>(
    db,
    sql`with shadowed as materialized (
          select t.* from rollouts o join runs t on t.procedure_id = o.procedure_id and t.deployment_id = o.deployment_id
          where o.procedure_id = ${procedureId}::uuid and o.id = ${rolloutId}::uuid and t.shadow and t.sample is null
            and (o.ended_at is null or t.started_at < o.ended_at)
          order by t.started_at, t.id limit ${mostShadowRuns}),
        units as (select unit, min(started_at) as first, max(started_at) as last from shadowed group by unit),
        beside as (
          select t.* from units u cross join lateral (
            select * from runs where procedure_id = ${procedureId}::uuid and unit = u.unit and not shadow and sample is null
              and started_at >= u.first - ${pairWindowMs}::float8 * interval '1 millisecond'
              and started_at <= u.last + ${pairWindowMs}::float8 * interval '1 millisecond' offset 0) t)
        select t.id::text as id, t.unit, t.serial, t.shadow, t.deployment_id::text as "deploymentId", d.version, s.name as station,
          t.outcome, (extract(epoch from t.started_at) * 1000)::float8 as "startedAt",
          (extract(epoch from t.ended_at) * 1000)::float8 as "endedAt", ${withMetrics ? sql`t.metrics` : sql`'{}'::jsonb`} as metrics
        from (select * from shadowed union all select * from beside) t
        join stations s on s.id = t.station_id left join deployments d on d.id = t.deployment_id
        order by t.started_at, t.id`,
  )
}

/** Whether the rollout's new build was ever run in shadow. */
export async function hasShadowRuns(
  db: Db,
  procedureId: ProcedureId,
  rolloutId: RolloutId,
): Promise<boolean> {
  const [found] = await rows<{ has: boolean }>(
    db,
    sql`select exists (select 1 from rollouts o join runs t on t.procedure_id = o.procedure_id
            and t.deployment_id = o.deployment_id and t.shadow
          where o.procedure_id = ${procedureId}::uuid and o.id = ${rolloutId}::uuid) as has`,
  )
  return found?.has ?? false
}
