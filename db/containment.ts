// How many units a rollout's build has judged, how they came out, and what has become of them: one look at the runs.
import { type SQL, sql } from 'drizzle-orm'
import type { Actor } from '../server/domain/actor.ts'
import type { ContainmentCounts } from '../server/domain/containment.ts'
import type { DeploymentId, ProcedureId, RolloutId } from '../server/domain/ids.ts'
import type { Instant } from '../server/domain/instant.ts'
import { type Db, rows } from './client.ts'

/** Runs of the build that started in [from, until). `version`: of the build. */
export type ContainmentScope = {
  procedureId: ProcedureId
  rolloutId: RolloutId
  deploymentId: DeploymentId
  version: string
  /** Null: the rollout has not started, and there are none. */
  from: Instant | null
  /** When the next rollout of the same build started, which has a list of its own; null: to now. */
  until: Instant | null
  /** The build was taken back after it had completed. */
  rollback: { at: Instant; by: Actor; why: string } | null
}

export async function containmentScope(db: Db, rolloutId: RolloutId): Promise<ContainmentScope | null> {
  const [found] = await rows<ContainmentScope>(
    db,
    sql`with scope as (
          select o.*, d.version as built, (select min(n.started_at) from rollouts n where n.procedure_id = o.procedure_id
            and n.deployment_id = o.deployment_id and n.id <> o.id and n.started_at > o.started_at) as until
          from rollouts o join deployments d on d.id = o.deployment_id where o.id = ${rolloutId}::uuid)
        select procedure_id::text as "procedureId", id::text as "rolloutId", deployment_id::text as "deploymentId", built as version,
          (extract(epoch from started_at) * 1000)::float8 as "from", (extract(epoch from until) * 1000)::float8 as "until",
          (select jsonb_build_object('at', (extract(epoch from e.at) * 1000)::float8, 'by', e.body->'by', 'why', e.body->>'why')
            from procedure_events e
            where e.procedure_id = scope.procedure_id and e.type = 'RolledBack' and scope.status = 'completed'
              and e.body->>'from' = scope.deployment_id::text and e.at >= scope.started_at
              and (scope.until is null or e.at < scope.until)
            order by e.at limit 1) as rollback
        from scope`,
  )
  return found ?? null
}

/** The completed rollout that brought a build to the whole fleet last; null where none did. */
export async function completedRolloutOf(db: Db, deploymentId: DeploymentId): Promise<RolloutId | null> {
  const [found] = await rows<{ id: RolloutId }>(
    db,
    sql`select id::text as id from rollouts where deployment_id = ${deploymentId}::uuid and status = 'completed'
        order by started_at desc limit 1`,
  )
  return found?.id ?? null
}

/**
 * Rollouts that nobody judges any more, of builds that are not the active one, and when the latest run of their build
 * came that started since then: what a list holds may have changed.
 */
export async function stillRunning(
  tx: Db,
  procedureId: ProcedureId,
  since: Instant,
): Promise<{ id: RolloutId; receivedAt: Instant }[]> {
  return rows(
    tx,
    sql`select o.id::text as id, (extract(epoch from late.received) * 1000)::float8 as "receivedAt"
        from rollouts o join procedures p on p.id = o.procedure_id
        cross join lateral (select max(r.received_at) as received from runs r
          where r.procedure_id = o.procedure_id and r.deployment_id = o.deployment_id and r.started_at >= ${at(since)}) late
        where o.procedure_id = ${procedureId}::uuid and o.status in ('aborting', 'aborted', 'completed')
          and p.active_deployment_id is distinct from o.deployment_id and late.received is not null
          and not exists (select 1 from rollouts n where n.procedure_id = o.procedure_id and n.deployment_id = o.deployment_id
            and n.started_at > o.started_at)`,
  )
}

/**
 * Runs that judged a unit of the list. What a person stopped says nothing; reference samples are known beforehand and
 * never shipped; a shadow run decides about no unit.
 */
export function judgedBy({ procedureId, deploymentId, from, until }: ContainmentScope, run: string): SQL {
  const column = (name: string) => sql.raw(`${run}.${name}`)
  const before = until === null ? sql`` : sql`and ${column('started_at')} < ${at(until)}`
  const since = from === null ? sql`and false` : sql`and ${column('started_at')} >= ${at(from)}`
  return sql`${column('procedure_id')} = ${procedureId}::uuid and ${column('deployment_id')} = ${deploymentId}::uuid
    ${since} ${before} and ${judges(run)}`
}

/**
 * Runs on another build. Of these, `isTrusted` names those on a build that once ran on every station, or of which no
 * rollout was aborted: what another build that was taken back says settles nothing.
 */
export function retestOf({ procedureId, deploymentId }: ContainmentScope, run: string): SQL {
  const column = (name: string) => sql.raw(`${run}.${name}`)
  return sql`${column('procedure_id')} = ${procedureId}::uuid and ${column('deployment_id')} is not null
    and ${column('deployment_id')} <> ${deploymentId}::uuid and ${judges(run)}`
}

export function isTrusted(build: string): SQL {
  return sql.raw(`(${build}.completed_at is not null or not exists (select 1 from rollouts taken
    where taken.procedure_id = ${build}.procedure_id and taken.deployment_id = ${build}.id and taken.status in ('aborting', 'aborted')))`)
}

function judges(run: string): SQL {
  return sql.raw(`${run}.outcome <> 'ABORTED' and ${run}.sample is null and not ${run}.shadow`)
}

type Grouped = { outcome: string; state: string; isRetested: boolean; units: number }

/** 100,000 units take 1.9 s on PGlite and 1.3 s on PostgreSQL: test/db/containment.test.ts. */
export async function containmentCounts(db: Db, scope: ContainmentScope): Promise<ContainmentCounts> {
  const [found] = await rows<{
    groups: Grouped[]
    runs: number
    firstAt: Instant | null
    lastAt: Instant | null
    stations: ContainmentCounts['stations']
    stationCount: number
    digest: string
  }>(
    db,
    sql`with last as materialized (
          select distinct on (r.unit) r.unit, r.outcome, r.station_id, r.started_at
          from runs r where ${judgedBy(scope, 'r')} order by r.unit, r.started_at desc, r.id desc),
        trusted as materialized (
          select d.id, ${isTrusted('d')} as trusted from deployments d where d.procedure_id = ${scope.procedureId}::uuid),
        retested as materialized (
          select l.unit, (array_agg(n.outcome order by n.started_at desc)
            filter (where n.outcome in ('PASS', 'FAIL') and d.trusted))[1] as verdict
          from last l join runs n on n.unit = l.unit and n.started_at > l.started_at and ${retestOf(scope, 'n')}
          join trusted d on d.id = n.deployment_id
          group by l.unit),
        grouped as (
          select l.outcome, case t.verdict when 'PASS' then 'confirmed good' when 'FAIL' then 'confirmed bad' else 'open' end as state,
            t.unit is not null as "isRetested", count(*)::int as units
          from last l left join retested t on t.unit = l.unit group by 1, 2, 3),
        benches as (
          select l.station_id, count(*) filter (where l.outcome = 'PASS')::int as passed,
            count(*) filter (where l.outcome <> 'PASS')::int as failed, min(l.started_at) as first_at, max(l.started_at) as last_at
          from last l group by 1),
        shown as (select * from benches order by passed + failed desc, station_id limit 50)
        select (select coalesce(jsonb_agg(to_jsonb(g)), '[]'::jsonb) from grouped g) as groups,
          all_.runs, all_."firstAt", all_."lastAt",
          (select count(*)::int from benches) as "stationCount",
          (select coalesce(jsonb_agg(jsonb_build_object('name', s.name, 'passed', b.passed, 'failed', b.failed,
              'firstAt', (extract(epoch from b.first_at) * 1000)::float8, 'lastAt', (extract(epoch from b.last_at) * 1000)::float8)
              order by b.passed + b.failed desc, lower(s.name)), '[]'::jsonb)
            from shown b join stations s on s.id = b.station_id) as stations,
          (select encode(sha256(convert_to(coalesce(string_agg(l.unit || ' ' || l.outcome, chr(10) order by l.unit collate "C"), ''),
            'UTF8')), 'hex') from last l) as digest
        from (select count(*)::int as runs, (extract(epoch from min(r.started_at)) * 1000)::float8 as "firstAt",
            (extract(epoch from max(r.started_at)) * 1000)::float8 as "lastAt"
          from runs r where ${judgedBy(scope, 'r')}) all_`,
  )
  if (!found) throw new Error('expected one row of counts')
  const { groups, ...of } = found
  const sum = (fits: (group: Grouped) => boolean) =>
    groups.filter(fits).reduce((total, { units }) => total + units, 0)
  const handled = (has: (group: Grouped) => boolean) => ({
    units: sum(has),
    confirmedGood: sum((group) => has(group) && group.state === 'confirmed good'),
    confirmedBad: sum((group) => has(group) && group.state === 'confirmed bad'),
    open: sum((group) => has(group) && group.state === 'open'),
  })
  const ended = (outcome: string) => sum((group) => group.outcome === outcome)
  return {
    ...of,
    units: sum(() => true),
    escapes: handled(({ outcome }) => outcome === 'PASS'),
    falseScrap: {
      ...handled(({ outcome }) => outcome !== 'PASS'),
      failed: ended('FAIL'),
      errors: ended('ERROR'),
      timeouts: ended('TIMEOUT'),
    },
    retested: sum(({ isRetested }) => isRetested),
  }
}

/**
 * Runs of an unknown build on stations that had this one: from each pin on it to its end and, while the station is on
 * its way back, until it was proven there.
 */
export async function unattributedOnBuild(
  db: Db,
  { procedureId, rolloutId, deploymentId, from, until }: ContainmentScope,
): Promise<{ runs: number; units: number }> {
  if (from === null) return { runs: 0, units: 0 }
  const [found] = await rows<{ runs: number; units: number }>(
    db,
    sql`select count(*)::int as runs, count(distinct r.unit)::int as units from runs r
        where r.procedure_id = ${procedureId}::uuid and r.deployment_id is null and r.started_at >= ${at(from)}
          ${until === null ? sql`` : sql`and r.started_at < ${at(until)}`} and ${judges('r')}
          and exists (select 1 from pins p left join rollout_stations s
            on s.procedure_id = p.procedure_id and s.rollout_id = ${rolloutId}::uuid and s.station_id = p.station_id
            where p.procedure_id = r.procedure_id and p.station_id = r.station_id and p.deployment_id = ${deploymentId}::uuid
              and p.from_at <= r.started_at
              and (p.to_at is null or r.started_at < p.to_at or s.progress->>'status' = 'reverting'
                or (s.progress->>'status' = 'reverted' and r.started_at < to_timestamp((s.progress->>'since')::float8 / 1000))))`,
  )
  return found ?? { runs: 0, units: 0 }
}

function at(moment: Instant): SQL {
  return sql`${new Date(moment).toISOString()}::timestamptz`
}
