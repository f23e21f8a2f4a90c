// What rollouts are learned from: their end, the alarms of their gates, and what was counted until the first of them.
import { sql } from 'drizzle-orm'
import type { ProcedureId, RolloutId } from '../server/domain/ids.ts'
import type { Instant } from '../server/domain/instant.ts'
import type { ToldRollback, ToldRollout } from '../server/domain/learning/told-rollout.ts'
import { type Db, rows } from './client.ts'

export type StoredRollout = Omit<ToldRollout, 'pairedLogEvidence' | 'exposure'> & { hasRetests: boolean }
type Asked = { procedureId: ProcedureId | null; from: Instant; to: Instant; limit: number; offset?: number }

const moment = (at: Instant) => sql`${new Date(at).toISOString()}::timestamptz`
const ms = (column: string) => sql.raw(`(extract(epoch from ${column}) * 1000)::float8`)

/** Literal, so that the planner sees that the index of just these events is enough. */
const learnedEvents = sql.raw(
  `('BreachOpened', 'BreachAcknowledged', 'BreachRecovered', 'RolloutAborted', 'AbortFinished', 'RolloutCompleted', 'WatchAlarmed', 'RetestsAsked')`,
)

/** Those that were created in [from, to), newest first, and how many there are in all. */
export async function toldRollouts(
  db: Db,
  { procedureId, from, to, limit, offset = 0 }: Asked,
): Promise<{ rollouts: StoredRollout[]; total: number }> {
  const asked = sql`r.created_at >= ${moment(from)} and r.created_at < ${moment(to)}
    and (${procedureId}::uuid is null or r.procedure_id = ${procedureId}::uuid)`
  const [all] = await rows<{ count: number }>(
    db,
    sql`select count(*)::int as count from rollouts r where ${asked}`,
  )
  const rollouts = await rows<StoredRollout>(
    db,
    sql`select r.id::text as id, r.procedure_id::text as "procedureId", r.deployment_id::text as "deploymentId",
          r.base_deployment_id::text as "baseDeploymentId", r.status, d.labels, ${ms('r.created_at')} as "createdAt",
          (select coalesce(jsonb_agg(jsonb_build_object('name', g -> 'name', 'metric', g -> 'metric')), '[]'::jsonb)
            from jsonb_array_elements(coalesce(r.state -> 'plan' -> 'gates', '[]'::jsonb)) g) as gates,
          (select coalesce(jsonb_agg(distinct (select s.site from stations s where s.id = k.station_id)), '[]'::jsonb)
            from rollout_stations k
            where k.procedure_id = r.procedure_id and k.rollout_id = r.id and k.progress ->> 'status' <> 'queued') as sites,
          (select ${ms('e.at')} from events e where e.procedure_id = r.procedure_id and e.rollout_id = r.id
            and e.type in ('StationServed', 'StationPulled', 'StationConfirmed') order by e.sequence limit 1) as "exposedAt",
          case when r.status = 'aborted' then (select ${ms('e.at')} from events e
            where e.procedure_id = r.procedure_id and e.rollout_id = r.id and e.type = 'StationReverted'
            order by e.sequence desc limit 1) end as "revertedAt",
          coalesce(told.events, '[]'::jsonb) as events, coalesce(told."hasRetests", false) as "hasRetests",
          (select jsonb_build_object('estimate', g -> 'difference', 'low', g -> 'differenceLow', 'high', g -> 'differenceHigh')
            from jsonb_array_elements(r.verdict -> 'gates') g
            where g ->> 'metric' = 'first-pass yield' and g ->> 'comparison' <> 'absolute'
              and g ->> 'difference' is not null and g ->> 'differenceLow' is not null and g ->> 'differenceHigh' is not null
            limit 1) as excess
        from (select r.id from rollouts r where ${asked} order by r.created_at desc, r.id limit ${limit} offset ${offset}) page
        join rollouts r on r.id = page.id join deployments d on d.id = r.deployment_id
        left join lateral (select bool_or(e.type = 'RetestsAsked') as "hasRetests",
            jsonb_agg(e.body - 'details' - 'evidence' - 'headline' order by e.sequence) filter (where e.type <> 'RetestsAsked') as events
          from events e where e.procedure_id = r.procedure_id and e.rollout_id = r.id and e.type in ${learnedEvents}) told on true
        order by r.created_at desc, r.id`,
  )
  return { rollouts, total: all?.count ?? 0 }
}

/** Builds that were taken back after they had gone everywhere, since that moment. */
export async function toldRollbacks(
  db: Db,
  procedureId: ProcedureId | null,
  since: Instant,
): Promise<ToldRollback[]> {
  return rows(
    db,
    sql`select e.procedure_id::text as "procedureId", e.body ->> 'from' as "from", ${ms('e.at')} as at,
          (select (p.body ->> 'lastMs')::float8 from procedure_events p where p.procedure_id = e.procedure_id
            and p.type = 'RollbackProven' and p.id > e.id and (p.body ->> 'rollbackId')::bigint = e.id limit 1) as "lastMs"
        from procedure_events e
        where e.type = 'RolledBack' and e.body ->> 'from' is not null and e.at >= ${moment(since)}
          and (${procedureId}::uuid is null or e.procedure_id = ${procedureId}::uuid)
        order by e.id`,
  )
}

export type ExposureAsked = { id: RolloutId; from: Instant; to: Instant }
export type CountedExposure = { id: RolloutId; units: number; canaryUnits: number }

/**
 * First attempts at a rollout's stations in [from, to), from counts by the hour: of an hour that lies in it partly, as
 * much as lies in it. The new build has none before `from`, so that its first hour is all from then on.
 *
 * Station by station (`offset 0`): where the database has no statistics yet it would read all hours for each rollout.
 */
export async function exposureCounts(db: Db, asked: ExposureAsked[]): Promise<CountedExposure[]> {
  if (asked.length === 0) return []
  const part = (from: string) =>
    sql.raw(`greatest(0, least(h.at + 3600000, a."to") - ${from}) / nullif(h.at + 3600000 - ${from}, 0)`)
  return rows(
    db,
    sql`select a.id, coalesce(sum(h.units * case when h.canary then ${part('greatest(h.at, a."from")')}
            else greatest(0, least(h.at + 3600000, a."to") - greatest(h.at, a."from")) / 3600000 end), 0)::float8 as units,
          coalesce(sum(h.units * ${part('greatest(h.at, a."from")')}) filter (where h.canary), 0)::float8 as "canaryUnits"
        from jsonb_to_recordset(${JSON.stringify(asked)}::text::jsonb) as a (id text, "from" float8, "to" float8)
        join rollouts r on r.id = a.id::uuid
        left join rollout_stations s on s.procedure_id = r.procedure_id and s.rollout_id = r.id
        left join lateral (select t.units, (extract(epoch from t.hour) * 1000)::float8 as at, t.deployment_id = r.deployment_id as canary
          from hourly_tallies t where t.procedure_id = s.procedure_id and t.station_id = s.station_id
            and t.hour >= date_trunc('hour', to_timestamp(a."from" / 1000)) and t.hour < to_timestamp(a."to" / 1000) offset 0) h on true
        group by a.id`,
  )
}
