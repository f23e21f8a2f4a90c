// Names for simulated stations, in the order in which they get the build.
import { type StationId, stationId } from '../../server/domain/ids.ts'

const ids = new Map<number, StationId>()

export function stationIdAt(place: number): StationId {
  const known =
    ids.get(place) ?? stationId.parse(`00000000-0000-4000-8000-${String(place).padStart(12, '0')}`)
  ids.set(place, known)
  return known
}
