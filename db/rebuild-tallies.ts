// Counts a procedure anew from its stored runs: when its rule of first attempts changes, and to mend its tallies.
import { type SQL, sql } from 'drizzle-orm'
import type { AttemptSettings } from '../server/domain/attempt-rule.ts'
import type { ProcedureId, RolloutId } from '../server/domain/ids.ts'
import type { Instant } from '../server/domain/instant.ts'
import { clockOffsets } from '../server/domain/time-zone.ts'
import { nilId } from './add-tallies.ts'
import { type Db, rows } from './client.ts'
import { recount } from './recount.ts'
import { lockProcedure } from './store-runs.ts'

export type Rebuilt = { runs: number; firstAttempts: number; rollouts: number }

/**
 * First attempts by the procedure's present rule and zone, and from them all tallies: what counting run by run gives.
 * The pasts that rollouts froze at their start stay as they were. Takes the procedure's lock: its runs wait meanwhile.
 */
export async function rebuildTallies(tx: Db, procedureId: ProcedureId): Promise<Rebuilt> {
  await lockProcedure(tx, procedureId)
  // A statement over years of runs may take longer than one that a person waits for.
  await tx.execute(sql`set local statement_timeout = 0`)
  const firstAttempts = await rebuildFirstAttempts(tx, procedureId)
  const runs = await rebuildHours(tx, procedureId)
  const started = await rows<{ id: RolloutId }>(
    tx,
    sql`select id::text as id from rollouts where procedure_id = ${procedureId}::uuid and started_at is not null`,
  )
  for (const { id } of started) await recount(tx, procedureId, id)
  return { runs, firstAttempts, rollouts: started.length }
}

async function rebuildFirstAttempts(tx: Db, procedureId: ProcedureId): Promise<number> {
  await tx.execute(sql`delete from first_attempts where procedure_id = ${procedureId}::uuid`)
  const dayOf = dayBy(await clocksOf(tx, procedureId))
  const [made] = await rows<{ count: number }>(
    tx,
    sql`with made as (
          insert into first_attempts (procedure_id, unit, day, run_id, station_id, deployment_id, started_at, passed, product, shift)
          select distinct on (t.unit, c.day) t.procedure_id, t.unit, c.day, t.id, t.station_id, t.deployment_id, t.started_at,
            t.outcome = 'PASS', t.product, t.shift
          from runs t cross join lateral (select ${dayOf} as day) c
          where t.procedure_id = ${procedureId}::uuid and t.outcome <> 'ABORTED' and t.sample is null and not t.shadow
          order by t.unit, c.day, t.started_at, t.id
          returning 1)
        select count(*)::int as count from made`,
  )
  return made?.count ?? 0
}

/** The date of a run's start: one arm of a case for each change of the clocks, since a join would be made run by run. */
function dayBy(clocks: ReturnType<typeof clockOffsets>): SQL {
  const [last, ...before] = clocks.toReversed()
  if (!last) return sql`''`
  const date = (aheadMs: number) =>
    sql`to_char((t.started_at at time zone 'UTC') + ${aheadMs}::float8 * interval '1 millisecond', 'YYYY-MM-DD')`
  const arms = before
    .toReversed()
    .map(
      ({ to, aheadMs }) =>
        sql`when t.started_at < ${new Date(to).toISOString()}::timestamptz then ${date(aheadMs)}`,
    )
  if (arms.length === 0) return date(last.aheadMs)
  return sql`case ${sql.join(arms, sql` `)} else ${date(last.aheadMs)} end`
}

/**
 * By the clocks that storing runs goes by: the database may know other rules of the zone. None where a unit has one
 * first attempt for ever.
 */
async function clocksOf(tx: Db, procedureId: ProcedureId) {
  const [found] = await rows<AttemptSettings & { from: Instant | null; to: Instant | null }>(
    tx,
    sql`select p.attempt_rule as "attemptRule", p.zone, (extract(epoch from ran.first) * 1000)::float8 as "from",
          (extract(epoch from ran.last) * 1000)::float8 as "to"
        from procedures p cross join lateral (
          select min(started_at) as first, max(started_at) as last from runs where procedure_id = p.id) ran
        where p.id = ${procedureId}::uuid`,
  )
  if (!found || found.attemptRule === 'ever' || found.from === null || found.to === null) return []
  return clockOffsets(found.zone, Math.floor(found.from), Math.ceil(found.to))
}

async function rebuildHours(tx: Db, procedureId: ProcedureId): Promise<number> {
  await tx.execute(sql`delete from hourly_tallies where procedure_id = ${procedureId}::uuid`)
  const [made] = await rows<{ runs: number }>(
    tx,
    sql`with counted as (
          select coalesce(t.deployment_id, ${nilId}::uuid) as deployment_id, t.station_id, date_trunc('hour', t.started_at, 'UTC') as hour,
            0 as units, 0 as passed, 1 as runs, (t.outcome = 'ERROR')::int as errors, (t.outcome = 'TIMEOUT')::int as timeouts,
            (t.outcome = 'PASS')::int as pass_runs,
            case when t.outcome = 'PASS' then round(extract(epoch from t.ended_at - t.started_at) * 1000) else 0 end as pass_ms
          from runs t
          where t.procedure_id = ${procedureId}::uuid and t.outcome <> 'ABORTED' and t.sample is null and not t.shadow
          union all
          select coalesce(f.deployment_id, ${nilId}::uuid), f.station_id, date_trunc('hour', f.started_at, 'UTC'), 1, f.passed::int,
            0, 0, 0, 0, 0
          from first_attempts f where f.procedure_id = ${procedureId}::uuid),
        made as (
          insert into hourly_tallies (procedure_id, deployment_id, station_id, hour, units, passed, runs, errors, timeouts, pass_runs, pass_ms)
          select ${procedureId}::uuid, deployment_id, station_id, hour, sum(units), sum(passed), sum(runs), sum(errors),
            sum(timeouts), sum(pass_runs), sum(pass_ms)
          from counted group by deployment_id, station_id, hour
          returning runs)
        select coalesce(sum(runs), 0)::int as runs from made`,
  )
  return made?.runs ?? 0
}
