// How long runs are kept: deleted by a person, or by age once an hour where KEEP_RUNS_DAYS says so. On the record of every
// procedure stands who deleted which.
import type { Db } from '../db/client.ts'
import { allProcedures, recordProcedureEvent } from '../db/registry.ts'
import { deleteRunPartitions, firstThatCounts } from '../db/run-deletion.ts'
import type { RunPartition } from '../db/run-partitions.ts'
import type { Actor } from './domain/actor.ts'
import type { RolloutId } from './domain/ids.ts'
import type { Instant } from './domain/instant.ts'

/** `keptFor`: a rollout that still counts runs of before then; what it began with, and all later, was kept for it. */
export type RunDeletion = {
  deleted: RunPartition[]
  keptFor: { id: RolloutId; startedAt: Instant } | null
}

/** @throws 55P03 when the table was not free for 3 seconds. */
export async function deleteRuns(
  db: Db,
  { before, by, why, now }: { before: Instant; by: Actor; why: string; now: Instant },
): Promise<RunDeletion> {
  return db.transaction(async (tx) => {
    const counting = await firstThatCounts(tx, now)
    const keptFor = counting !== null && counting.startedAt < before ? counting : null
    const deleted = await deleteRunPartitions(tx, keptFor?.startedAt ?? before)
    const end = deleted.at(-1)?.to
    if (end !== undefined)
      for (const { id: procedureId } of await allProcedures(tx))
        await recordProcedureEvent(tx, {
          procedureId,
          type: 'RunsDeleted',
          body: { before: end, why, by },
          at: new Date(now),
        })
    return { deleted, keptFor }
  })
}
