// What is known to be wrong with stations before they are given a build.
import type { Db } from '../db/client.ts'
import type { Station } from '../db/registry.ts'
import { alarmViews } from '../db/station-alarms.ts'
import { connectionsOf } from './connections.ts'
import { clockText, isOff } from './domain/clock-ahead.ts'
import type { ProcedureId } from './domain/ids.ts'
import type { Instant } from './domain/instant.ts'
import type { StagePreview } from './service.ts'

/** Of those stations that are in trouble, in the order given. */
export async function troubleOf(
  db: Db,
  procedureId: ProcedureId,
  stations: Station[],
  now: Instant,
): Promise<StagePreview['trouble']> {
  const connections = await connectionsOf(db, stations, now)
  const ids = stations.map(({ id }) => id)
  const alarms = await alarmViews(db, { procedureId, stations: ids, open: true })
  return stations.flatMap(({ id, name, clockAheadMs }) => {
    const seen = connections.get(id)
    const what = [
      ...(seen && !seen.isClosed && seen.state !== 'connected' ? [seen.state] : []),
      ...(isOff(clockAheadMs) ? [`clock ${clockText(clockAheadMs)}`] : []),
      ...alarms.filter(({ station }) => station.id === id).map(({ kind, detail }) => `${kind}: ${detail}`),
    ]
    return what.length === 0 ? [] : [{ id, name, what }]
  })
}
