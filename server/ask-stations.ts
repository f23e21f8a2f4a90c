// Asks stations to run a build: the pins and, where TofuPilot brings builds to the stations, the job that tells it, in one
// transaction.
import type { Db } from '../db/client.ts'
import { pinStations } from '../db/pins.ts'
import { tofupilotLink } from '../db/tofupilot-links.ts'
import type { Deliveries } from './apply-command.ts'

/** @param isUrgent it takes a build back: nothing that waits already is waited for. */
export async function askStations(
  tx: Db,
  pin: Parameters<typeof pinStations>[1],
  deliveries: Deliveries,
  isUrgent = false,
): Promise<void> {
  await pinStations(tx, pin)
  const { procedureId, stations } = pin
  if (stations.length === 0 || (await tofupilotLink(tx, procedureId)) === null) return
  await deliveries.send(tx, { kind: 'tofupilot pins', procedureId, isUrgent })
}
