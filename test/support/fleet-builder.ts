// A station of the fleet that does as it should; a test states only what is wrong with it.
import type { FleetFacts, FleetFilter } from '../../server/domain/fleet/fleet.ts'
import { deploymentId, procedureId, stationId } from '../../server/domain/ids.ts'
import { noon, uuid } from './fixed-values.ts'

export const boards = { id: procedureId.parse(uuid(5, 1)), name: 'Boards' }
export const right = { id: deploymentId.parse(uuid(6, 1)), version: '2.4.0' }
export const wrong = { id: deploymentId.parse(uuid(6, 2)), version: '2.3.9' }
const hour = 3_600_000

export function fleetFacts(number: number, part: Partial<FleetFacts> = {}): FleetFacts {
  return {
    station: {
      id: stationId.parse(uuid(4, number)),
      name: `ST-${String(number).padStart(2, '0')}`,
      site: 'Lyon',
      line: `L${1 + (number % 2)}`,
    },
    procedure: boards,
    desired: { ...right, since: noon - 5 * hour, servedAt: noon - 5 * hour },
    pulled: { ...right, state: 'running', message: null, at: noon - 4 * hour },
    ran: { ...right, at: noon - 60_000 },
    heardAt: noon - 30_000,
    clockAheadMs: 0,
    aside: null,
    alarms: [],
    rollout: null,
    ...part,
  }
}

export const everything: FleetFilter = {
  site: null,
  line: null,
  procedure: null,
  trouble: null,
  search: null,
  page: 1,
}
