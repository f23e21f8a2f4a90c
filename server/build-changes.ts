// The changes of a rollout's build against its base, as they are known now.
import type { Db } from '../db/client.ts'
import { definitionsMark, definitionsOf } from '../db/definitions.ts'
import { type BuildChange, buildChanges, nothingKnown } from './domain/definition/changes.ts'
import type { RolloutId } from './domain/ids.ts'
import type { HeldChange } from './domain/rollout/readiness.ts'
import type { RolloutState } from './domain/rollout/state.ts'

export type ChangesOf = (db: Db, state: RolloutState) => Promise<BuildChange[]>

export async function changesOf(
  db: Db,
  { procedureId, deploymentId, baseDeploymentId }: RolloutState,
): Promise<BuildChange[]> {
  const known = await definitionsOf(db, procedureId, [deploymentId, baseDeploymentId])
  return buildChanges(known.get(baseDeploymentId) ?? nothingKnown, known.get(deploymentId) ?? nothingKnown)
}

/** Rollouts whose changes a process remembers; one that is forgotten is compared again. */
const mostRemembered = 500

/**
 * The same for whoever looks every second: two definitions of ten thousand measurements are read and compared only when
 * one of them was written since.
 */
export function rememberedChanges(): ChangesOf {
  const known = new Map<RolloutId, { mark: string; changes: BuildChange[] }>()
  return async (db, state) => {
    // Read before the definitions: what is written in between is compared at the next look.
    const mark = await definitionsMark(db, state.procedureId, [state.deploymentId, state.baseDeploymentId])
    const before = known.get(state.id)
    if (before?.mark === mark) return before.changes
    const changes = await changesOf(db, state)
    known.delete(state.id)
    known.set(state.id, { mark, changes })
    for (const oldest of known.keys()) {
      if (known.size <= mostRemembered) break
      known.delete(oldest)
    }
    return changes
  }
}

/** Those that keep a stage where it is. */
export function heldChanges(changes: BuildChange[]): HeldChange[] {
  return changes.filter(({ holds }) => holds).map(({ id, words }) => ({ id, words }))
}
