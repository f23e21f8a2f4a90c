// The one rollout of a procedure that nothing else may start beside.
import type { Db } from '../db/client.ts'
import type { Procedure } from '../db/registry.ts'
import { liveRolloutIds, loadRollout } from '../db/rollout-storage.ts'
import type { ProcedureId } from './domain/ids.ts'
import type { Refusal } from './domain/rollout/commands.ts'
import type { RolloutState } from './domain/rollout/state.ts'
import { refuse } from './refuse.ts'

export async function liveRollout(tx: Db, procedureId: ProcedureId): Promise<RolloutState | null> {
  for (const id of await liveRolloutIds(tx, procedureId)) {
    const loaded = await loadRollout(tx, id)
    if (loaded && loaded.state.status !== 'aborting') return loaded.state
    // An abort is open until each exposed station is back; its successor was started together with it.
    if (loaded?.state.status === 'aborting' && loaded.state.wayBack.length === 1) return loaded.state
  }
  return null
}

export function alreadyLive(procedure: Procedure, live: RolloutState): Refusal {
  if (live.status === 'aborting')
    return refuse(
      'not now',
      `an abort of ${procedure.name} still waits for stations to return to base`,
      'Wait for them, or waive the silent ones.',
    )
  return refuse(
    'not now',
    `a rollout of ${procedure.name} is already live (${live.status}, started by ${live.owner.name}, ${live.id})`,
    'Let it end, abort it, or supersede it.',
  )
}
