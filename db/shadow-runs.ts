// Shadow runs of a rollout's new build, with the runs of production that the same units had around them.
import { sql } from 'drizzle-orm'
import type { ProcedureId, RolloutId } from '../server/domain/ids.ts'
import { type PairableRun, pairWindowMs } from '../server/domain/shadow-pairs.ts'
import { type Db, rows } from './client.ts'

/**
 * A judge reads them at every look. So many decide it: what 2,000 pairs have not shown, hardly a unit would notice; and
 * to stay with the first ones keeps what they prove valid at any look.
 */
const mostShadowRuns = 2_000

/**
 * Until the rollout's end, from before its start too; the first 2,000 shadow runs. No reference samples. They come as
 * one JSON text: on the embedded database a row each takes ten times as long.
 * @param withMetrics only where what runs report is asked for: it is most of what is read.
 */
export async function shadowRuns(
  db: Db,
  procedureId: ProcedureId,
  rolloutId: RolloutId,
  withMetrics: boolean,
): Promise<PairableRun[]> {
  const [found] = await rows<{ runs: PairableRun[] }>(
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
        select coalesce(json_agg(json_build_object('id', t.id, 'unit', t.unit, 'serial', t.serial, 'shadow', t.shadow,
          'deploymentId', t.deployment_id, 'version', d.version, 'station', s.name, 'outcome', t.outcome,
          'startedAt', (extract(epoch from t.started_at) * 1000)::float8,
          'endedAt', (extract(epoch from t.ended_at) * 1000)::float8,
          'metrics', ${withMetrics ? sql`t.metrics` : sql`'{}'::jsonb`}) order by t.started_at, t.id), '[]'::json) as runs
        from (select * from shadowed union all select * from beside) t
        join stations s on s.id = t.station_id left join deployments d on d.id = t.deployment_id`,
  )
  return found?.runs ?? []
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
