// The fleet, for every door.
import type { FleetFilter, FleetView } from '../domain/fleet/fleet.ts'

export type FleetService = {
  /** Who runs what, the troubled first, a page at a time. */
  fleet(filter: FleetFilter): Promise<FleetView>
}
