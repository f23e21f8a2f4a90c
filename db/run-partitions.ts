// Runs lie in partitions by their ids, which begin with the time of their start. Makes the next one before it is needed,
// and as wide as the runs that come in fill it: each partition that has no end of its own costs every look for a station's
// latest run. With 26 of them a look at 20 stations took 18 ms instead of 0.5; one a year keeps it.
import { sql } from 'drizzle-orm'
import { day, type Instant } from '../server/domain/instant.ts'
import { type Db, rows } from './client.ts'

/** `from`: null for the first, which holds whatever is older. Runs outside of all lie in `runs_other`. */
export type RunPartition = { name: string; from: Instant | null; to: Instant }

/** Any number, the same in every process: one of them makes partitions at a time. */
const partitionLock = 7_266_176
/** A process that makes them may be away for so long before runs land outside. */
const aheadMs = 10 * day
/** Some 12 GB with their indexes. Of runs alike it makes no difference; it is what fits into memory. */
const mostRuns = 50_000_000

/**
 * Adds partitions until runs of the next days have theirs; what lies outside and belongs there is moved. Waits at most
 * 3 seconds for others to let go of the table, since all that come later would wait behind it.
 * @returns those that were made. @throws 55P03 when the table was not free: to be tried again later.
 */
export async function makeRunPartitions(db: Db, now: Instant, most = mostRuns): Promise<RunPartition[]> {
  const last = endOf(await runPartitions(db))
  if (last > now + aheadMs) return []
  const perDay = await runsPerDay(db, now, most)
  return db.transaction(async (tx) => {
    await lockPartitions(tx)
    const made: RunPartition[] = []
    for (let from = endOf(await runPartitions(tx)); from <= now + aheadMs; from = endOf(made))
      made.push(await makePartition(tx, from, endFrom(from, perDay, most)))
    return made
  })
}

/** Until the transaction ends nobody else makes or deletes one; and it waits at most 3 seconds for any lock. */
export async function lockPartitions(tx: Db): Promise<void> {
  await tx.execute(sql`set local lock_timeout = '3s'`)
  await tx.execute(sql`select pg_advisory_xact_lock(${partitionLock})`)
}

/** Stands where runs were deleted, and takes none: its constraint has the same name. */
export const takesNothing = 'runs_deleted'

/** Oldest first. */
export async function runPartitions(db: Db): Promise<RunPartition[]> {
  const time = (bound: 'FROM' | 'TO') =>
    sql`('x' || left(replace(substring(bounds from ${`${bound} \\('([0-9a-f-]{36})'\\)`}), '-', ''), 12))::bit(48)::bigint::float8`
  return rows(
    db,
    sql`select name, ${time('FROM')} as "from", ${time('TO')} as "to"
        from (select c.relname::text as name, pg_get_expr(c.relpartbound, c.oid) as bounds
          from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'runs'::regclass) part
        where bounds <> 'DEFAULT' and name <> ${takesNothing} order by 3`,
  )
}

/**
 * What the planner knows of all partitions together: PostgreSQL gathers by itself only what it knows of each, and joins
 * would be planned by guesses. Reads some 30,000 rows of each partition.
 */
export async function analyzeRuns(db: Db): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.execute(sql`set local statement_timeout = 0`)
    await tx.execute(sql`analyze runs`)
  })
}

function endOf(partitions: RunPartition[]): Instant {
  const last = partitions.at(-1)
  if (!last) throw new Error('expected the table of runs to have a partition that ends, found none')
  return last.to
}

/** Over the last week, since lines rest at weekends. More than would fill partitions of a day are not counted. */
async function runsPerDay(db: Db, now: Instant, most: number): Promise<number> {
  const [found] = await rows<{ count: number }>(
    db,
    sql`select count(*)::float8 as count from (
          select 1 from procedures p cross join lateral (select 1 from runs where procedure_id = p.id
            and id >= ${firstId(now - 7 * day)}::uuid and id < ${firstId(now)}::uuid) r limit ${7 * most}) lately`,
  )
  return (found?.count ?? 0) / 7
}

/** A year, a month or a day on: the widest that is not filled with more than `most`. */
function endFrom(from: Instant, perDay: number, most: number): Instant {
  const start = new Date(from)
  const [year, month, date] = [start.getUTCFullYear(), start.getUTCMonth(), start.getUTCDate()]
  if (perDay * 366 <= most) return Date.UTC(year + 1, month, date)
  // Where days came before: to the next first of a month.
  if (perDay * 31 <= most) return Date.UTC(year, month + 1, 1)
  return from + day
}

async function makePartition(tx: Db, from: Instant, to: Instant): Promise<RunPartition> {
  const name = `runs_from_${new Date(from).toISOString().slice(0, 10).replaceAll('-', '_')}`
  const table = sql.identifier(name)
  const [first, end] = [sql.raw(`'${firstId(from)}'`), sql.raw(`'${firstId(to)}'`)]
  await tx.execute(sql`lock table runs_other in access exclusive mode`)
  await tx.execute(sql`create table ${table} (like runs including defaults)`)
  await tx.execute(
    sql`with moved as (delete from runs_other where id >= ${first} and id < ${end} returning *)
        insert into ${table} select * from moved`,
  )
  await tx.execute(sql`alter table runs attach partition ${table} for values from (${first}) to (${end})`)
  return { name, from, to }
}

/** The least id of a run that starts then: 48 bits of milliseconds, and nothing after them. */
export function firstId(at: Instant): string {
  const time = at.toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-0000-0000-000000000000`
}
