// The stations of a rollout, each now against its own past, for the charts side by side.
import { armCounts } from '../db/arm-counts.ts'
import type { Db } from '../db/client.ts'
import { stationsById } from '../db/registry.ts'
import type { LoadedRollout } from '../db/rollout-storage.ts'
import { stationHours, stationsWithin } from '../db/station-hours.ts'
import {
  loudestStations,
  type StationCourses,
  type StationNow,
  type StationOwn,
  stationCourses,
} from './domain/station-courses.ts'
import type { TimeRange } from './domain/time-range.ts'

/** What is assumed where no past told it. */
const usualDriftNoise = 0.15

export async function coursesOfStations(
  db: Db,
  loaded: LoadedRollout,
  range: TimeRange | null,
): Promise<StationCourses> {
  const { id: rolloutId, procedureId } = loaded.state
  const of = { procedureId, rolloutId, range }
  // Without a range the counts stand ready: those of the hours would have to be summed.
  const all = range ? await stationsWithin(db, of) : await inEitherArm(db, loaded)
  const own = await ownPasts(db, loaded)
  const loudest = loudestStations(
    own,
    onePerStation(all),
    loaded.driftNoise['first-pass yield'] ?? usualDriftNoise,
  )
  const hours = await stationHours(
    db,
    of,
    loudest.shown.map(({ id }) => id),
  )
  return stationCourses(loudest, hours)
}

async function inEitherArm(db: Db, { state }: LoadedRollout): Promise<StationNow[]> {
  const counts = await armCounts(db, state.procedureId, state.id)
  return counts.flatMap(({ arm, stationId: id, units, passed }) =>
    arm === 'other' ? [] : [{ id, arm, units, passed }],
  )
}

/** A station that went over to the new build is looked at on that one. */
function onePerStation(all: StationNow[]): StationNow[] {
  const canary = new Set(all.filter(({ arm, units }) => arm === 'canary' && units > 0).map(({ id }) => id))
  return all.filter(({ id, arm }) => arm === 'canary' || !canary.has(id))
}

async function ownPasts(db: Db, { state, pasts }: LoadedRollout): Promise<StationOwn[]> {
  const past = new Map(pasts.map((each) => [each.stationId, each]))
  return (await stationsById(db, state.order)).map(({ id, name, site }) => {
    const { pastUnits = 0, pastBad = 0 } = past.get(id) ?? {}
    return { id, name, site, pastUnits, pastPassed: pastUnits - pastBad }
  })
}
