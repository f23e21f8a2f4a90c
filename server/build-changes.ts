// The changes of a rollout's build against its base, as they are known now.
import type { Db } from '../db/client.ts'
import { definitionsOf } from '../db/definitions.ts'
import { type BuildChange, buildChanges, nothingKnown } from './domain/definition/changes.ts'
import type { HeldChange } from './domain/rollout/readiness.ts'
import type { RolloutState } from './domain/rollout/state.ts'

export async function changesOf(
  db: Db,
  { procedureId, deploymentId, baseDeploymentId }: RolloutState,
): Promise<BuildChange[]> {
  const known = await definitionsOf(db, procedureId, [deploymentId, baseDeploymentId])
  return buildChanges(known.get(baseDeploymentId) ?? nothingKnown, known.get(deploymentId) ?? nothingKnown)
}

/** Those that keep a stage where it is. */
export function heldChanges(changes: BuildChange[]): HeldChange[] {
  return changes.filter(({ holds }) => holds).map(({ id, words }) => ({ id, words }))
}
