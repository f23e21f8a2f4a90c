// Rollback after completion: one verb, any time, to any build that once ran on all stations.
import type { Db } from '../db/client.ts'
import { completedRolloutOf } from '../db/containment.ts'
import {
  activateDeployment,
  deploymentById,
  procedureById,
  recordProcedureEvent,
  stationsOf,
} from '../db/registry.ts'
import { rollbackByCommand } from '../db/rollback-command.ts'
import { lockProcedure } from '../db/store-runs.ts'
import type { Deliveries } from './apply-command.ts'
import { askStations } from './ask-stations.ts'
import type { Actor } from './domain/actor.ts'
import type { DeploymentId, ProcedureId } from './domain/ids.ts'
import type { Instant } from './domain/instant.ts'
import type { Refusal } from './domain/rollout/commands.ts'
import { alreadyLive, liveRollout } from './live-rollout.ts'
import { refuse } from './refuse.ts'

/** `commandId`: the same id twice is one rollback. `activeId`: the build that whoever asks saw on the stations. */
export type RollbackIssued = { commandId?: string | undefined; activeId?: DeploymentId | null | undefined }

/** Every station at once, without stages, to any build that once ran on all of them; automatic pushes stop. */
export async function rollBack(
  tx: Db,
  procedureId: ProcedureId,
  deploymentId: DeploymentId,
  why: string,
  by: Actor,
  now: Instant,
  deliveries: Deliveries,
  { commandId, activeId }: RollbackIssued = {},
): Promise<{ did: string } | Refusal> {
  await lockProcedure(tx, procedureId)
  const known = commandId === undefined ? null : await rollbackByCommand(tx, procedureId, commandId)
  if (known !== null) return { did: known }
  const procedure = await procedureById(tx, procedureId)
  const deployment = await deploymentById(tx, deploymentId)
  if (!procedure || deployment?.procedureId !== procedureId)
    return refuse('not found', 'the procedure has no such build', 'Look at the list of its builds.')
  if (deployment.completedAt === null)
    return refuse(
      'invalid',
      `${deployment.version} never ran on all stations`,
      'Choose a build that once completed, or start a rollout.',
    )
  if (activeId !== undefined && activeId !== procedure.activeDeploymentId) {
    const active = procedure.activeDeploymentId && (await deploymentById(tx, procedure.activeDeploymentId))
    return refuse(
      'stale',
      `the stations were taken to ${active ? active.version : 'another build'} meanwhile`,
      'Look at what they run now, and roll back from there.',
    )
  }
  if (why.trim() === '') return refuse('invalid', 'a rollback needs a reason', 'Say why, in a few words.')
  const live = await liveRollout(tx, procedureId)
  if (live?.status === 'aborting') return alreadyLive(procedure, live)
  if (live)
    return refuse(
      'not now',
      'a rollout of this procedure is live',
      'Abort it: its stations return to base at once.',
    )
  const stations = await stationsOf(tx, procedureId)
  const ids = stations.map((station) => station.id)
  const pin = { procedureId, stations: ids, deploymentId, rolloutId: null, now }
  await askStations(tx, pin, deliveries, true)
  await activateDeployment(tx, procedureId, deploymentId, new Date(now), false)
  const did = `rolled ${procedure.name} back to ${deployment.version} on ${stations.length} stations; automatic pushes are off`
  const body = {
    deploymentId,
    from: procedure.activeDeploymentId,
    why,
    by,
    stoppedPushes: procedure.autoPush,
    ...(commandId === undefined ? {} : { command: { id: commandId, did } }),
  }
  const at = new Date(now)
  const rollbackId = await recordProcedureEvent(tx, { procedureId, type: 'RolledBack', body, at })
  const from = procedure.activeDeploymentId
  const rolloutId = from === null || from === deploymentId ? null : await completedRolloutOf(tx, from)
  if (rolloutId) await deliveries.send(tx, { kind: 'containment', rolloutId })
  await deliveries.send(tx, { kind: 'rollback', procedureId, rollbackId, mayPost: true })
  return { did }
}
