// Deletes the runs of long ago, whole partitions at a time. What was counted of them stays: tallies, verdicts, events, and
// the first attempt of every unit, so that a retest years later is still one.
import { sql } from 'drizzle-orm'
import type { RolloutId } from '../server/domain/ids.ts'
import type { Instant } from '../server/domain/instant.ts'
import { type Db, rows } from './client.ts'
import { firstId, lockPartitions, type RunPartition, runPartitions, takesNothing } from './run-partitions.ts'

/**
 * Those that end by then. In their place comes a partition that takes nothing: a run of before, sent again, could not be
 * told from a new one and would be counted twice. Waits at most 3 seconds for others to let go of the table.
 * @throws 55P03 when it was not free: to be tried again later.
 */
export async function deleteRunPartitions(tx: Db, before: Instant): Promise<RunPartition[]> {
  await lockPartitions(tx)
  const gone = (await runPartitions(tx)).filter(({ to }) => to <= before)
  const to = gone.at(-1)?.to
  if (to === undefined) return []
  for (const { name } of gone) await tx.execute(sql`drop table ${sql.identifier(name)}`)
  const none = sql.identifier(takesNothing)
  await tx.execute(sql`drop table if exists ${none}`)
  await tx.execute(sql`create table ${none} (like runs including defaults, constraint ${none} check (false))`)
  await tx.execute(
    sql`alter table runs attach partition ${none} for values from (minvalue) to (${sql.raw(`'${firstId(to)}'`)})`,
  )
  return gone
}

/** From when on all runs are stored that ever came; null: none was deleted. */
export async function runsKeptSince(db: Db): Promise<Instant | null> {
  const [oldest] = await runPartitions(db)
  return oldest?.from ?? null
}

/** The rollout that began first of those that still count runs: live ones, and those in their watch. */
export async function firstThatCounts(
  db: Db,
  now: Instant,
): Promise<{ id: RolloutId; startedAt: Instant } | null> {
  const [found] = await rows<{ id: RolloutId; startedAt: Instant }>(
    db,
    sql`select id::text as id, (extract(epoch from started_at) * 1000)::float8 as "startedAt" from rollouts
        where started_at is not null and (status in ('active', 'paused', 'aborting')
          or (status = 'completed' and ended_at > ${new Date(now).toISOString()}::timestamptz))
        order by started_at limit 1`,
  )
  return found ?? null
}
