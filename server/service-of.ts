// The service put together from its parts: one object of functions for every door.
import type { Database } from '../db/client.ts'
import { eventsOf } from '../db/rollout-storage.ts'
import type { Deliveries } from './apply-command.ts'
import { buildDetails } from './build-details.ts'
import { buildRecords } from './build-records.ts'
import { catalogue } from './catalogue.ts'
import { containments } from './containment.ts'
import { definitions } from './definitions.ts'
import type { RolloutId } from './domain/ids.ts'
import type { Instant } from './domain/instant.ts'
import { failures } from './failures.ts'
import { fleets } from './fleet.ts'
import { histories } from './history.ts'
import { learnings } from './learning.ts'
import { ledgers } from './ledger.ts'
import { overviews } from './overview.ts'
import { policies } from './policies.ts'
import { predictedYields } from './predicted-yield.ts'
import { previews } from './preview.ts'
import { procedureChannels } from './procedure-channels.ts'
import { procedureRecords } from './procedure-records.ts'
import { pushSwitches } from './push-switch.ts'
import { retests } from './retests.ts'
import { rolloutLines } from './rollout-lines.ts'
import { rolloutView } from './rollout-view.ts'
import { rollouts } from './rollouts.ts'
import type { ReplayService } from './service/replay.ts'
import type { Service } from './service.ts'
import { shadowPairs } from './shadow-pairs.ts'
import { stationAlarms } from './station-alarms.ts'
import { stationRecords } from './station-records.ts'

/** @param deps.pageUrl absolute address of a rollout's page. */
export function serviceOf(deps: {
  database: Database
  now: () => Instant
  deliveries: Deliveries
  pageUrl: (id: RolloutId) => string
  replays: ReplayService
}): Service {
  const { database, now, pageUrl } = deps
  // What a person waits for at a click, apart from what reads a period or a fleet and may take its time.
  const forPeople = { ...deps, database: { ...database, db: database.people } }
  const get = (id: RolloutId) => rolloutView(database.people, id, now(), pageUrl)
  const view = async (id: RolloutId) => {
    const found = await get(id)
    if (!found) throw new Error(`rollout ${id} is gone right after it was changed`)
    return found
  }
  const ofRetests = retests(forPeople)
  const parts = {
    ...rollouts({ ...forPeople, view }),
    ...catalogue(forPeople),
    ...buildRecords(forPeople),
    ...previews(forPeople),
    ...policies(forPeople),
    ...procedureChannels(forPeople),
    ...pushSwitches(forPeople),
    ...ofRetests,
    ...stationAlarms(forPeople),
    ...definitions(forPeople),
    ...containments(forPeople),
    ...histories({ database, pageUrl }),
    ...failures({ database, now }),
    ...shadowPairs(deps),
    ...predictedYields(deps),
    ...deps.replays,
    ...learnings({ database, retests: ofRetests.retests }),
    ...ledgers({ database }),
    get,
    list: (filter: Parameters<Service['list']>[0] = {}) => rolloutLines(database.people, filter, pageUrl),
    events: (id: RolloutId) => eventsOf(database.people, id),
  }
  return {
    ...parts,
    ...overviews({ database, service: parts }),
    ...fleets({ database, now }),
    ...procedureRecords({ database, now, service: parts }),
    ...stationRecords({ database, now }),
    ...buildDetails({ database, now, service: parts }),
  }
}
