// Counts a procedure anew from its stored runs: when its rule of first attempts changes, and to mend its tallies.
import { type SQL, sql } from 'drizzle-orm'
import type { AttemptSettings } from '../server/domain/attempt-rule.ts'
import type { ProcedureId, RolloutId } from '../server/domain/ids.ts'
import type { Instant } from '../server/domain/instant.ts'
import { clockOffsets } from '../server/domain/time-zone.ts'
import { nilId } from './add-tallies.ts'
import { type Db, rows } from './client.ts'
import { recount } from './recount.ts'
import { runsKeptSince } from './run-deletion.ts'
import { lockProcedure } from './store-runs.ts'

export type Rebuilt = { runs: number; firstAttempts: number; rollouts: number }

/**
 * First attempts by the procedure's present rule and zone, and from them all tallies: what counting run by run gives.
 * Where runs were deleted, first attempts and tallies of that time are all there is, and stay. The pasts that rollouts
 * froze at their start stay as they were. Takes the procedure's lock: its runs wait meanwhile.
 */
export async function rebuildTallies(tx: Db, procedureId: ProcedureId): Promise<Rebuilt> {
  await lockProcedure(tx, procedureId)
  // A statement over years of runs may take longer than one that a person waits for, and sorts more than others do:
  // with the usual 4 MB it would be sorted on the disk.
  await tx.execute(sql`set local statement_timeout = 0`)
  await tx.execute(sql`set local work_mem = '64MB'`)
  const since = await runsKeptSince(tx)
  const firstAttempts = await rebuildFirstAttempts(tx, procedureId, since)
  const runs = await rebuildHours(tx, procedureId, since)
  const started = await rows<{ id: RolloutId }>(
    tx,
    sql`select id::text as id from rollouts where procedure_id = ${procedureId}::uuid and started_at is not null`,
  )
  for (const { id } of started) await recount(tx, procedureId, id)
  return { runs, firstAttempts, rollouts: started.length }
}

/**
 * Only those that differ are written: to find none of a million takes 2 s, to write them all anew 5 s. Made in a table of
 * their own first, since several processors fill such a table, and only one the table of first attempts.
 */
async function rebuildFirstAttempts(
  tx: Db,
  procedureId: ProcedureId,
  since: Instant | null,
): Promise<number> {
  const dayOf = dayBy(await clocksOf(tx, procedureId))
  // A unit whose first attempt was deleted as a run keeps it: its retests do not take its place.
  const kept =
    since === null
      ? sql``
      : sql`union all select t.unit, t.started_at, t.run_id, t.station_id, t.deployment_id, t.passed, t.product, t.shift
            from first_attempts t where ${own(procedureId)} and t.started_at < ${literal(since)}`
  await tx.execute(
    sql`create temp table made on commit drop as
        select distinct on (t.unit, c.day) t.unit, c.day, t.run_id, t.station_id, t.deployment_id, t.started_at, t.passed,
          t.product, t.shift
        from (
          select t.unit, t.started_at, t.id as run_id, t.station_id, t.deployment_id, t.outcome = 'PASS' as passed, t.product, t.shift
          from runs t where ${own(procedureId)} and t.outcome <> 'ABORTED' and t.sample is null and not t.shadow ${kept}) t
        cross join lateral (select (${sql.raw(dayOf)})::text as day) c
        order by t.unit, c.day, t.started_at, t.run_id`,
  )
  await tx.execute(sql`analyze made`)
  await tx.execute(
    sql`create temp table differing on commit drop as
        select coalesce(m.unit, f.unit) as unit, coalesce(m.day, f.day) as day, m.run_id is null as is_gone,
          m.run_id, m.station_id, m.deployment_id, m.started_at, m.passed, m.product, m.shift
        from made m full join (select * from first_attempts t where ${own(procedureId)}) f
          on f.unit = m.unit and f.day = m.day
        where (f.run_id, f.station_id, f.deployment_id, f.started_at, f.passed, f.product, f.shift)
          is distinct from (m.run_id, m.station_id, m.deployment_id, m.started_at, m.passed, m.product, m.shift)`,
  )
  await tx.execute(
    sql`delete from first_attempts f using differing d
        where f.procedure_id = ${procedureId}::uuid and f.unit = d.unit and f.day = d.day`,
  )
  await tx.execute(
    sql`insert into first_attempts (procedure_id, unit, day, run_id, station_id, deployment_id, started_at, passed, product, shift)
        select ${procedureId}::uuid, unit, day, run_id, station_id, deployment_id, started_at, passed, product, shift
        from differing where not is_gone`,
  )
  const [made] = await rows<{ count: number }>(tx, sql`select count(*)::int as count from made`)
  await tx.execute(sql`drop table made, differing`)
  return made?.count ?? 0
}

/** Making a table takes no parameters: what stands in the text is an id that was read as one, or made here. */
function own(procedureId: ProcedureId): SQL {
  return sql.raw(`t.procedure_id = '${procedureId}'::uuid`)
}

/** A beginning of a partition: a midnight, so no hour is cut in two. */
function literal(at: Instant): SQL {
  const moment = new Date(at).toISOString()
  return sql.raw(`'${moment}'::timestamptz`)
}

/** The date of a run's start: one arm of a case for each change of the clocks, since a join would be made run by run. */
function dayBy(clocks: ReturnType<typeof clockOffsets>): string {
  const [last, ...before] = clocks.toReversed()
  if (!last) return "''"
  const date = (aheadMs: number) =>
    `to_char((t.started_at at time zone 'UTC') + ${aheadMs} * interval '1 millisecond', 'YYYY-MM-DD')`
  const arms = before
    .toReversed()
    .map(({ to, aheadMs }) => `when t.started_at < '${new Date(to).toISOString()}' then ${date(aheadMs)}`)
  if (arms.length === 0) return date(last.aheadMs)
  return `case ${arms.join(' ')} else ${date(last.aheadMs)} end`
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
          select least(min(started_at), (select min(f.started_at) from first_attempts f where f.procedure_id = p.id)) as first,
            max(started_at) as last from runs where procedure_id = p.id) ran
        where p.id = ${procedureId}::uuid`,
  )
  if (!found || found.attemptRule === 'ever' || found.from === null || found.to === null) return []
  return clockOffsets(found.zone, Math.floor(found.from), Math.ceil(found.to))
}

/** Runs and first attempts are counted apart, each by several processors, and put together hour by hour. */
async function rebuildHours(tx: Db, procedureId: ProcedureId, since: Instant | null): Promise<number> {
  const from = (column: string) => (since === null ? sql`` : sql`and ${sql.raw(column)} >= ${literal(since)}`)
  const place = sql.raw(
    `coalesce(t.deployment_id, '${nilId}'::uuid) as deployment_id, t.station_id, floor(date_part('epoch', t.started_at) / 3600) as hour`,
  )
  await tx.execute(
    sql`create temp table counted_runs on commit drop as
        select ${place}, count(*) as runs, count(*) filter (where t.outcome = 'ERROR') as errors,
          count(*) filter (where t.outcome = 'TIMEOUT') as timeouts, count(*) filter (where t.outcome = 'PASS') as pass_runs,
          coalesce(sum(round(date_part('epoch', t.ended_at - t.started_at) * 1000)) filter (where t.outcome = 'PASS'), 0) as pass_ms
        from runs t where ${own(procedureId)} and t.outcome <> 'ABORTED' and t.sample is null and not t.shadow
          ${from('t.started_at')}
        group by 1, 2, 3`,
  )
  await tx.execute(
    sql`create temp table counted_attempts on commit drop as
        select ${place}, count(*) as units, count(*) filter (where t.passed) as passed
        from first_attempts t where ${own(procedureId)} ${from('t.started_at')} group by 1, 2, 3`,
  )
  await tx.execute(sql`delete from hourly_tallies where procedure_id = ${procedureId}::uuid ${from('hour')}`)
  const [made] = await rows<{ runs: number }>(
    tx,
    sql`with made as (
          insert into hourly_tallies (procedure_id, deployment_id, station_id, hour, units, passed, runs, errors, timeouts, pass_runs, pass_ms)
          select ${procedureId}::uuid, deployment_id, station_id, to_timestamp(hour * 3600), coalesce(units, 0), coalesce(passed, 0),
            coalesce(runs, 0), coalesce(errors, 0), coalesce(timeouts, 0), coalesce(pass_runs, 0), coalesce(pass_ms, 0)
          from counted_runs full join counted_attempts using (deployment_id, station_id, hour)
          returning runs)
        select coalesce(sum(runs), 0)::int as runs from made`,
  )
  await tx.execute(sql`drop table counted_runs, counted_attempts`)
  return made?.runs ?? 0
}
