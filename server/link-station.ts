// A station gets to run a procedure.
import type { Db } from '../db/client.ts'
import { linkStation, pinnedDeployment, procedureById } from '../db/registry.ts'
import type { Deliveries } from './apply-command.ts'
import { askStations } from './ask-stations.ts'
import type { ProcedureId, StationId } from './domain/ids.ts'
import type { Instant } from './domain/instant.ts'

/**
 * It runs the active build; a live rollout takes it in at its next stage.
 * @returns false where it was linked before.
 */
export async function linkToRun(
  tx: Db,
  { procedureId, stationId, now }: { procedureId: ProcedureId; stationId: StationId; now: Instant },
  deliveries: Deliveries,
): Promise<boolean> {
  const added = await linkStation(tx, procedureId, stationId, new Date(now))
  const active = (await procedureById(tx, procedureId))?.activeDeploymentId
  if (active && (await pinnedDeployment(tx, procedureId, stationId)) === null)
    await askStations(
      tx,
      { procedureId, stations: [stationId], deploymentId: active, rolloutId: null, now },
      deliveries,
    )
  return added
}
