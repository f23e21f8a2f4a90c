// First attempts by the procedure's present rule and zone, from its stored runs: looked through, and made anew where any is wrong.
import { type SQL, sql } from 'drizzle-orm'
import type { AttemptSettings } from '../server/domain/attempt-rule.ts'
import type { ProcedureId } from '../server/domain/ids.ts'
import type { Instant } from '../server/domain/instant.ts'
import { clockOffsets } from '../server/domain/time-zone.ts'
import { byHashing } from './by-hashing.ts'
import { type Db, rows } from './client.ts'
import { firstId } from './run-partitions.ts'

/** What runs `t` count at all. */
export const countedRuns = (procedureId: ProcedureId): SQL =>
  sql`t.procedure_id = ${procedureId}::uuid and t.outcome <> 'ABORTED' and t.sample is null and not t.shadow`

/**
 * @param since runs of before were deleted; null: none was.
 * @returns whether any was wrong.
 */
export async function firstAttemptsAnew(
  tx: Db,
  procedureId: ProcedureId,
  since: Instant | null,
): Promise<boolean> {
  const days = await daysOf(tx, procedureId, since)
  const ran = { procedureId, since, dayOf: sql.raw(days.of) }
  const [any] = await rows<{ day: string }>(
    tx,
    sql`select day from first_attempts where procedure_id = ${procedureId}::uuid limit 1`,
  )
  // By the other rule no key is the same, and there is nothing to look through.
  const isOfThisRule = any !== undefined && (any.day === '') === (days.rule === 'ever')
  const { right, missed, stored } = isOfThisRule ? await lookedThrough(tx, ran) : nothingRight
  if (missed === 0 && right === stored) return false
  // Where runs were deleted, what is stored is needed to make them.
  if (right === 0 && since === null) await makeAll(tx, ran)
  else await mend(tx, ran)
  return true
}

type Ran = { procedureId: ProcedureId; since: Instant | null; dayOf: SQL }

const nothingRight = { right: 0, missed: 1, stored: 0 }

/**
 * Whatever may be a first attempt: runs that count, and what is stored of those that were deleted, or else retests would
 * take their place. By the id, since that is what runs were deleted by: a run whose station was ahead has a later one.
 */
function attempts({ procedureId, since }: Ran): SQL {
  const kept =
    since === null
      ? sql``
      : sql`union all
          select f.unit, f.day, f.run_id, f.station_id, f.deployment_id, f.started_at, f.passed, f.product, f.shift
          from first_attempts f where f.procedure_id = ${procedureId}::uuid and f.run_id < ${firstId(since)}::uuid`
  return sql`(
    select t.unit, null::text as kept_as, t.id, t.station_id, t.deployment_id, t.started_at, t.outcome = 'PASS' as passed,
      t.product, t.shift
    from runs t where ${countedRuns(procedureId)} ${kept}) t`
}

/**
 * Holds each attempt against the first one of its unit: `missed` should be one in its place, and of what is stored only
 * `right` are as their runs say.
 */
async function lookedThrough(tx: Db, ran: Ran): Promise<typeof nothingRight> {
  const [found] = await byHashing(tx, () =>
    rows<typeof nothingRight>(
      tx,
      sql`select count(*) filter (where f.run_id = t.id and (f.station_id, f.deployment_id, f.started_at, f.passed, f.product, f.shift)
              is not distinct from (t.station_id, t.deployment_id, t.started_at, t.passed, t.product, t.shift)
              and (t.kept_as is null or t.kept_as = f.day))::float8 as right,
            count(*) filter (where f.run_id is null or (t.started_at, t.id) < (f.started_at, f.run_id))::float8 as missed,
            (select count(*) from first_attempts where procedure_id = ${ran.procedureId}::uuid)::float8 as stored
          from ${attempts(ran)} left join first_attempts f
            on f.procedure_id = ${ran.procedureId}::uuid and f.unit = t.unit and f.day = (${ran.dayOf})`,
    ),
  )
  return found ?? nothingRight
}

/** Of each unit, or unit and day. */
function earliest(ran: Ran): SQL {
  return sql`select distinct on (t.unit, c.day) ${ran.procedureId}::uuid as procedure_id, t.unit, c.day, t.id as run_id,
      t.station_id, t.deployment_id, t.started_at, t.passed, t.product, t.shift
    from ${attempts(ran)} cross join lateral (select (${ran.dayOf})::text as day) c
    order by t.unit, c.day, t.started_at, t.id`
}

const columns = sql.raw(
  'procedure_id, unit, day, run_id, station_id, deployment_id, started_at, passed, product, shift',
)

async function makeAll(tx: Db, ran: Ran): Promise<void> {
  await tx.execute(sql`delete from first_attempts where procedure_id = ${ran.procedureId}::uuid`)
  await tx.execute(sql`insert into first_attempts (${columns}) ${earliest(ran)}`)
}

/** Writes only those that differ: to write a million takes ten times as long as to find that they are right. */
async function mend(tx: Db, ran: Ran): Promise<void> {
  await tx.execute(sql`create temp table made on commit drop as ${earliest(ran)}`.inlineParams())
  await tx.execute(sql`analyze made`)
  await byHashing(tx, () =>
    tx.execute(
      sql`create temp table differing on commit drop as
          select coalesce(m.unit, f.unit) as unit, coalesce(m.day, f.day) as day, m.run_id is null as is_gone, m.procedure_id,
            m.run_id, m.station_id, m.deployment_id, m.started_at, m.passed, m.product, m.shift
          from made m full join (select * from first_attempts where procedure_id = ${ran.procedureId}::uuid) f
            on f.unit = m.unit and f.day = m.day
          where (f.run_id, f.station_id, f.deployment_id, f.started_at, f.passed, f.product, f.shift)
            is distinct from (m.run_id, m.station_id, m.deployment_id, m.started_at, m.passed, m.product, m.shift)`.inlineParams(),
    ),
  )
  await tx.execute(sql`analyze differing`)
  await tx.execute(
    sql`delete from first_attempts f using differing d
        where f.procedure_id = ${ran.procedureId}::uuid and f.unit = d.unit and f.day = d.day`,
  )
  await tx.execute(
    sql`insert into first_attempts (${columns}) select ${columns} from differing where not is_gone`,
  )
  await tx.execute(sql`drop table made, differing`)
}

/**
 * How the day of a run `t` is told in SQL: one arm of a case for each change of the clocks, since a join would be made run
 * by run. By the clocks that storing runs goes by: the database may know other rules of the zone. Empty where a unit has
 * one first attempt for ever.
 */
async function daysOf(
  tx: Db,
  procedureId: ProcedureId,
  since: Instant | null,
): Promise<{ rule: AttemptSettings['attemptRule']; of: string }> {
  const kept =
    since === null ? sql`` : sql`union all select started_at from first_attempts where procedure_id = p.id`
  // By starts and not by ids: those of a station whose clock was ahead may say any year.
  const [found] = await rows<AttemptSettings & { first: Instant | null; last: Instant | null }>(
    tx,
    sql`select p.attempt_rule as "attemptRule", p.zone, (extract(epoch from ran.first) * 1000)::float8 as first,
          (extract(epoch from ran.last) * 1000)::float8 as last
        from procedures p cross join lateral (
          select min(started_at) as first, max(started_at) as last from (
            select started_at from runs where procedure_id = p.id ${kept}) started
          where p.attempt_rule <> 'ever') ran
        where p.id = ${procedureId}::uuid`,
  )
  if (!found || found.attemptRule === 'ever' || found.first === null || found.last === null)
    return { rule: found?.attemptRule ?? 'ever', of: "''" }
  const clocks = clockOffsets(found.zone, Math.floor(found.first), Math.ceil(found.last))
  return { rule: 'day', of: dayBy(clocks) }
}

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
