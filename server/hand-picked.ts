// Canaries picked by hand: each must be able to take part, or the plan is not what its author thinks it is.
import type { Db } from '../db/client.ts'
import { type Procedure, type Station, stationsById } from '../db/registry.ts'
import type { StationId } from './domain/ids.ts'
import type { Instant } from './domain/instant.ts'
import type { Plan } from './domain/plan.ts'
import type { Refusal } from './domain/rollout/commands.ts'
import { leftOutBecause } from './domain/takes-part.ts'
import { refuse } from './refuse.ts'

/** Names every picked station that would be left out, and why; null when all take part. */
export async function notPickable(
  db: Db,
  procedure: Procedure,
  { handPicked, group }: Plan,
  linked: Station[],
  now: Instant,
): Promise<Refusal | null> {
  const byId = new Map(linked.map((station) => [station.id, station]))
  const strangers = handPicked.filter((id) => !byId.has(id))
  const known = new Map((await stationsById(db, strangers)).map(({ id, name }) => [id, name]))
  const why = (id: StationId): string | null => {
    const station = byId.get(id)
    if (station) {
      const because = leftOutBecause(station, group, now)
      return because && `${station.name} is ${because}`
    }
    const name = known.get(id)
    return name ? `${name} does not run ${procedure.name}` : `there is no station ${id}`
  }
  const faults = [...new Set(handPicked)].map(why).filter((fault) => fault !== null)
  if (faults.length === 0) return null
  return refuse(
    'invalid',
    `canaries that were picked by hand cannot take part: ${faults.join('; ')}`,
    'Pick others, or leave the choice to the plan.',
  )
}
