// The stations of a procedure as TofuPilot has them: registered and linked here, and unlinked where they are no more.
import { randomUUID } from 'node:crypto'
import type { Database, Db } from '../../../db/client.ts'
import { unpinStation } from '../../../db/pins.ts'
import { addStation, stationByName, unlinkStation } from '../../../db/registry.ts'
import { recordStation } from '../../../db/station-record.ts'
import { lockProcedure } from '../../../db/store-runs.ts'
import { foreignStations, nameForeignStation, stationsByForeignId } from '../../../db/tofupilot-links.ts'
import type { Deliveries } from '../../apply-command.ts'
import { type ProcedureId, type StationId, stationId } from '../../domain/ids.ts'
import type { Instant } from '../../domain/instant.ts'
import { linkToRun } from '../../link-station.ts'
import { byTofupilot } from './by-tofupilot.ts'
import type { ForeignStation } from './client.ts'

type Deps = { database: Database; now: () => Instant; deliveries: Deliveries }

/**
 * A list without any station is not believed: it would take all of them from a rollout at once.
 * @returns whether anything has changed.
 */
export async function syncStations(
  { database, now, deliveries }: Deps,
  procedureId: ProcedureId,
  listed: ForeignStation[],
): Promise<boolean> {
  const present = await foreignStations(database.db, procedureId)
  const ids = new Set(listed.map(({ id }) => id))
  const joined = listed.filter(({ id }) => !present.has(id))
  const gone = listed.length === 0 ? [] : [...present].filter(([id]) => !ids.has(id))
  if (joined.length === 0 && gone.length === 0) return false
  await database.db.transaction(async (tx: Db) => {
    await lockProcedure(tx, procedureId)
    for (const station of joined) await join(tx, station)
    for (const [, id] of gone) await leave(tx, id)
  })
  return true

  async function join(tx: Db, station: ForeignStation): Promise<void> {
    const id = await known(tx, station)
    const at = new Date(now())
    if (!(await linkToRun(tx, { procedureId, stationId: id, now: now() }, deliveries))) return
    await recordStation(tx, {
      stationId: id,
      type: 'linked',
      body: { procedure_id: procedureId },
      by: byTofupilot,
      at,
    })
  }

  /** One of this name that was registered here before is the same bench. */
  async function known(tx: Db, station: ForeignStation): Promise<StationId> {
    const named = (await stationsByForeignId(tx, [station.id])).get(station.id)
    if (named) return named
    const present = await stationByName(tx, station.name)
    const id = present?.id ?? (await register(tx, station))
    await nameForeignStation(tx, id, station.id)
    return id
  }

  async function register(tx: Db, { name, team }: ForeignStation): Promise<StationId> {
    const at = new Date(now())
    const body = { name, site: team?.name.slice(0, 100) ?? '', line: '' }
    const id = stationId.parse(randomUUID())
    if (!(await addStation(tx, { id, ...body, createdAt: at })))
      throw new Error(`station ${name} could not be added`)
    await recordStation(tx, { stationId: id, type: 'registered', body, by: byTofupilot, at })
    return id
  }

  async function leave(tx: Db, id: StationId): Promise<void> {
    await unlinkStation(tx, procedureId, id)
    await unpinStation(tx, procedureId, id, now())
    await recordStation(tx, {
      stationId: id,
      type: 'unlinked',
      body: { procedure_id: procedureId },
      by: byTofupilot,
      at: new Date(now()),
    })
  }
}
