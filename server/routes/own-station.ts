// A station speaks for itself alone: a body that names another one is a mix-up of keys, and nothing of it is taken.
import { z } from 'zod'
import { type StationId, stationId } from '../domain/ids.ts'
import { HttpNo } from './errors.ts'

const naming = z.object({ station_id: stationId })

/** What is no id of a station, such as a name of its own, is as any key that nobody knows. @throws 403 */
export function expectOwn(station: { id: StationId }, body: unknown): void {
  // Most name none, and a failed parse costs more than reading the rest of a run.
  if (typeof body !== 'object' || body === null || !('station_id' in body)) return
  const named = naming.safeParse(body)
  if (!named.success || named.data.station_id === station.id) return
  throw new HttpNo(
    403,
    'not_allowed',
    `The body names station ${named.data.station_id}, and the key is another station's: nothing was stored. Use the key of that station, or leave station_id out.`,
  )
}
