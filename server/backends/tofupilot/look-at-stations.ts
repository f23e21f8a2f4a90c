// What TofuPilot gives each station of a procedure: asked station by station where its list does not say so.
import type { Database } from '../../../db/client.ts'
import { stationsByForeignId, type TofupilotLink } from '../../../db/tofupilot-links.ts'
import { noteFound } from '../../../db/tofupilot-pins.ts'
import type { Instant } from '../../domain/instant.ts'
import type { ForeignStation, TofupilotClient } from './client.ts'
import { failureOf } from './failure.ts'

const atOnce = 4

/** @param at before the first of these questions was asked. @throws TofupilotFailure */
export async function lookAtStations(
  { database, client }: { database: Database; client: TofupilotClient },
  { procedureId, foreignId }: TofupilotLink,
  listed: ForeignStation[],
  at: Instant,
): Promise<void> {
  const ids = await stationsByForeignId(
    database.db,
    listed.map(({ id }) => id),
  )
  for (let from = 0; from < listed.length; from += atOnce) {
    const asked = listed.slice(from, from + atOnce)
    const answers = await Promise.all(
      asked.map((each) => (says(each, foreignId) ? each : shownBy(client, each))),
    )
    const found = answers.flatMap((each, index) => {
      const stationId = ids.get(asked[index]?.id ?? '')
      const own = each.procedures.find(({ id }) => id === foreignId)
      return stationId ? [{ stationId, sha: own?.deployment?.commit?.sha.toLowerCase() ?? null }] : []
    })
    await noteFound(database.db, procedureId, found, at)
  }
}

function says({ procedures }: ForeignStation, procedureId: string): boolean {
  return procedures.some(({ id, deployment }) => id === procedureId && deployment !== undefined)
}

/** One that is not shown, as it was archived since, is given nothing that is known. */
async function shownBy(client: TofupilotClient, station: ForeignStation): Promise<ForeignStation> {
  try {
    return await client.station(station.id)
  } catch (error) {
    if (failureOf(error).kind !== 'refused') throw error
    return { ...station, procedures: [] }
  }
}
