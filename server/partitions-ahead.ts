// Sees to it that runs of the next days have their partition: at the start, and then every hour. And that the planner knows
// the partitions as a whole: at the start, and then every day. And that old ones go, where they are to.
import type { FastifyBaseLogger } from 'fastify'
import type { Database } from '../db/client.ts'
import { analyzeRuns, makeRunPartitions } from '../db/run-partitions.ts'
import { firstpass } from './domain/actor.ts'
import { day, hour, type Instant } from './domain/instant.ts'
import { deleteRuns } from './run-retention.ts'

/** `keepDays`: null, and runs are kept for ever. */
type Deps = { database: Database; now: () => Instant; log: FastifyBaseLogger; keepDays: number | null }

/** What fails is tried again an hour later: there are ten days for it, and after them runs lie in the partition of all others. */
export function partitionsAhead({ database, now, log, keepDays }: Deps): { stop(): void } {
  let analyzedAt = Number.NEGATIVE_INFINITY
  let isStopped = false
  async function look(): Promise<void> {
    try {
      for (const made of await makeRunPartitions(database.db, now()))
        log.info({ partition: made.name }, 'a partition of runs was made')
      if (keepDays !== null) await deleteOld(keepDays)
      // The embedded database is analyzed as a whole, after its start and every hour.
      if (database.engine.kind === 'pglite' || now() - analyzedAt < day) return
      await analyzeRuns(database.db)
      analyzedAt = now()
    } catch (error) {
      if (!isStopped)
        log.warn(
          { err: error },
          'the partitions of runs could not be seen to now; it is tried again in an hour',
        )
    }
  }
  async function deleteOld(days: number): Promise<void> {
    const before = now() - days * day
    const why = `KEEP_RUNS_DAYS is ${days}`
    const { deleted } = await deleteRuns(database.db, { before, by: firstpass, why, now: now() })
    for (const { name, to } of deleted)
      log.info({ partition: name }, `the runs of before ${new Date(to).toISOString()} were deleted: ${why}`)
  }
  void look()
  const clock = setInterval(() => void look(), hour)
  clock.unref()
  return {
    /** What is under way ends with the database's connections: it may read for minutes. */
    stop() {
      isStopped = true
      clearInterval(clock)
    },
  }
}
