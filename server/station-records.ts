// All that is known of one station, put together from what was recorded of it.
import type { Database, Db } from '../db/client.ts'
import { dailyCounts } from '../db/daily-counts.ts'
import { stationProceduresOf } from '../db/links.ts'
import { procedureById, type Station, stationById } from '../db/registry.ts'
import { alarmViews } from '../db/station-alarms.ts'
import { pickupsOfStation, pinsOfStation } from '../db/station-builds.ts'
import { recentErrors } from '../db/station-errors.ts'
import { keysOf, type StationKey } from '../db/station-keys.ts'
import { stationRecord } from '../db/station-record.ts'
import { rolloutsOfStation } from '../db/station-rollouts.ts'
import { runsOfStation } from '../db/station-runs.ts'
import { connectionsOf } from './connections.ts'
import { buildProgress } from './domain/build-progress.ts'
import { isOff } from './domain/clock-ahead.ts'
import type { DayMark } from './domain/daily-counts.ts'
import type { ProcedureId, StationId } from './domain/ids.ts'
import { day, type Instant } from './domain/instant.ts'
import type { KeyState, PastPin, ProcedureOfStation } from './domain/station-record.ts'
import { excludedNow, heldNow } from './domain/takes-part.ts'
import { dateOf } from './domain/time-zone.ts'
import type { StationRecordService, YieldsOfStation } from './service/station-records.ts'

const runsOnPage = 50
const mostPast = 20
const mostAlarms = 20
const mostActs = 40
const daysShown = 56

export function stationRecords({
  database: { db },
  now,
}: {
  database: Database
  now: () => Instant
}): StationRecordService {
  return {
    async stationRecord(id, before) {
      const station = await stationById(db, id)
      if (!station) return null
      const at = now()
      const runs = await runsOfStation(db, id, { before, limit: runsOnPage })
      const earliest = runs.at(-1)?.startedAt ?? null
      const earlier = earliest === null ? [] : await runsOfStation(db, id, { before: earliest, limit: 1 })
      const connection = (await connectionsOf(db, [station], at)).get(id)
      if (!connection) throw new Error('a connection is told for every station asked of')
      return {
        ...described(station, at),
        connection,
        procedures: await proceduresOf(db, id),
        pins: await pinsOfStation(db, id, mostPast),
        pickups: await pickupsOfStation(db, id, mostPast),
        rollouts: await rolloutsOfStation(db, id, mostPast),
        alarms: await alarmViews(db, { stations: [id], limit: mostAlarms }),
        errors: (await recentErrors(db, id, mostPast)).map(({ at: when, code, message }) => ({
          at: when,
          code,
          message,
        })),
        keys: (await keysOf(db, id)).map((key) => keyState(key, at)),
        acts: (await stationRecord(db, id, mostActs)).map(({ type, by, why, at: when }) => ({
          type,
          by,
          why,
          at: when.getTime(),
        })),
        runs,
        runsBefore: earlier.length > 0 ? earliest : null,
      }
    },
    async stationYields(id) {
      const station = await stationById(db, id)
      if (!station) return null
      const at = now()
      const from = at - daysShown * day
      const pins = await pinsOfStation(db, id, 50)
      const acts = (await stationRecord(db, id, 100)).flatMap(markOfAct)
      const found: YieldsOfStation[] = []
      for (const procedure of await proceduresOf(db, id))
        found.push({
          procedure: { id: procedure.id, name: procedure.name },
          yields: {
            of: station.name,
            zone: procedure.zone,
            from: dateOf(from, procedure.zone),
            to: dateOf(at, procedure.zone),
            days: await dailyCounts(db, { procedureId: procedure.id, stationId: id, from, to: at }),
            marks: [...buildChanges(pins, procedure.id), ...acts]
              .filter((mark) => mark.at >= from)
              .toSorted((a, b) => a.at - b.at),
          },
        })
      return found
    },
  }
}

async function proceduresOf(db: Db, id: StationId): Promise<ProcedureOfStation[]> {
  const found = await stationProceduresOf(db, id)
  const procedures: ProcedureOfStation[] = []
  for (const { ran, lastRunAt: _, ...each } of found)
    procedures.push({
      ...each,
      zone: (await procedureById(db, each.id))?.zone ?? 'UTC',
      ran: ran && { id: ran.id, version: ran.version, at: ran.at, outcome: ran.outcome },
      progress: buildProgress({ ...each, ran }),
    })
  return procedures
}

function described(station: Station, at: Instant) {
  const { id, name, site, line, tags, fixtures, createdAt, clockAheadMs, experiment, telemetry, checks } =
    station
  return {
    id,
    name,
    site,
    line,
    tags,
    fixtures,
    createdAt: createdAt.getTime(),
    clockAheadMs: isOff(clockAheadMs) ? clockAheadMs : null,
    held: heldNow(station, at),
    excluded: excludedNow(station, at),
    experiment,
    telemetry,
    checks,
  }
}

function keyState({ prefix, createdAt, lastUsedAt, endsAt, endedWhy }: StationKey, at: Instant): KeyState {
  return {
    prefix,
    createdAt: createdAt.getTime(),
    lastUsedAt: lastUsedAt?.getTime() ?? null,
    endsAt: endsAt?.getTime() ?? null,
    hasEnded: endsAt !== null && endsAt.getTime() <= at,
    why: endedWhy,
  }
}

/** A pin that says the same as the one before is no change. */
function buildChanges(pins: PastPin[], procedureId: ProcedureId): DayMark[] {
  const own = pins.filter(({ procedure }) => procedure.id === procedureId).toReversed()
  return own.flatMap((pin, index) =>
    own[index - 1]?.build.id === pin.build.id ? [] : [{ at: pin.from, label: pin.build.version }],
  )
}

const actMarks = new Map([
  ['held', 'held'],
  ['given back', 'given back'],
  ['excluded', 'excluded'],
  ['taken back in', 'taken back in'],
])

function markOfAct({ type, at }: { type: string; at: Date }): DayMark[] {
  const label = actMarks.get(type)
  return label === undefined ? [] : [{ at: at.getTime(), label }]
}
