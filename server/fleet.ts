// The fleet: every station with its procedures, judged and put in order.
import type { Database } from '../db/client.ts'
import { fleetFacts, type OpenAlarm, openAlarmKinds } from '../db/fleet-facts.ts'
import { stationsById } from '../db/registry.ts'
import { connectionsOf } from './connections.ts'
import { fleetRow } from './domain/fleet/fleet-row.ts'
import { fleetView } from './domain/fleet/fleet-view.ts'
import type { Instant } from './domain/instant.ts'
import { asideBecause } from './domain/takes-part.ts'
import type { FleetService } from './service/fleet.ts'

/** The number of questions does not grow with the fleet: who is connected is asked of the page that is shown. */
export function fleets({ database: { db }, now }: { database: Database; now: () => Instant }): FleetService {
  return {
    async fleet(filter) {
      const at = now()
      const keyOf = ({ procedureId, stationId }: Pick<OpenAlarm, 'procedureId' | 'stationId'>) =>
        `${procedureId} ${stationId}`
      const alarms = Map.groupBy(await openAlarmKinds(db), keyOf)
      const all = (await fleetFacts(db)).map(({ standing, ...facts }) =>
        fleetRow({
          ...facts,
          aside: asideBecause(standing, at),
          alarms: facts.procedure
            ? (alarms.get(keyOf({ procedureId: facts.procedure.id, stationId: facts.station.id })) ?? [])
            : [],
        }),
      )
      const view = fleetView(all, filter)
      const shown = await stationsById(db, [...new Set(view.rows.map(({ station }) => station.id))])
      const connections = await connectionsOf(db, shown, at)
      return {
        ...view,
        rows: view.rows.map((row) => ({ ...row, connection: connections.get(row.station.id) ?? null })),
      }
    },
  }
}
