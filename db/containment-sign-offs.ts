// Who signed a containment list off, and how the list stood then.
import { and, desc, eq } from 'drizzle-orm'
import type { ContainmentSignOff } from '../server/domain/containment.ts'
import type { ProcedureId, RolloutId } from '../server/domain/ids.ts'
import type { Db } from './client.ts'
import { procedureOf } from './rollout-storage.ts'
import { containmentSignOffs } from './schema/rollouts.ts'

/** Newest first. */
export async function signOffsOf(db: Db, rolloutId: RolloutId): Promise<ContainmentSignOff[]> {
  const found = await db
    .select()
    .from(containmentSignOffs)
    .where(
      and(
        eq(containmentSignOffs.procedureId, procedureOf(rolloutId)),
        eq(containmentSignOffs.rolloutId, rolloutId),
      ),
    )
    .orderBy(desc(containmentSignOffs.id))
  return found.map(({ by, at, note, units, passed, failed, open, digest }) => {
    return { by, at: at.getTime(), note, units, passed, failed, open, digest }
  })
}

/** The caller holds the rollout's row. */
export async function addSignOff(
  tx: Db,
  of: { procedureId: ProcedureId; rolloutId: RolloutId },
  { at, ...signed }: ContainmentSignOff,
): Promise<void> {
  await tx.insert(containmentSignOffs).values({ ...of, ...signed, at: new Date(at) })
}
