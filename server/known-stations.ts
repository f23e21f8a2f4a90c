// The stations of a procedure as the watch judges them: what is known of each, and what is usual for it.
import type { Db } from '../db/client.ts'
import { procedureById, versionsOf } from '../db/registry.ts'
import { foreignRuns, type StationRow, stationRows, wrongSamples } from '../db/station-facts.ts'
import { hoursWorked, usualGaps } from '../db/station-habits.ts'
import type { ProcedureId, StationId } from './domain/ids.ts'
import { day, hour, type Instant, minute } from './domain/instant.ts'
import { atWork, hasHours } from './domain/station-alarms/at-work.ts'
import type { KnownAlarm } from './domain/station-alarms/look.ts'
import type { ForeignRun, Look, StationFacts, WrongSample } from './domain/station-alarms/station-facts.ts'
import { policyOf } from './policy-of.ts'
import { stationsElsewhere } from './tofupilot-standing.ts'

/** Older runs of a wrong build say nothing about now; the last one of a station is looked at whatever its age. */
const driftWindowMs = 2 * hour
const samplesWindowMs = day
/** From then on a quiet station may be about to be called silent. */
const quietMs = 25 * minute

export type Habits = ReturnType<typeof rememberedGaps>

export async function knownStations(
  tx: Db,
  procedureId: ProcedureId,
  { known, habits }: { known: KnownAlarm[]; habits: Habits },
  at: Instant,
): Promise<{ stations: StationFacts[]; look: Look }> {
  const found = await stationRows(tx, procedureId, at)
  const foreign = await foreignRuns(tx, procedureId, at - driftWindowMs)
  const wrong = await wrongSamples(tx, procedureId, at - samplesWindowMs)
  const limitMs = ((await procedureById(tx, procedureId))?.revertLimitMinutes ?? 60) * minute
  const names = await versionsOf(tx, procedureId)
  const policy = await policyOf(tx, procedureId)
  const quiet = found.filter((row) => isQuiet(row, known, at))
  const gaps = await habits(tx, procedureId, [...quiet.map(({ id }) => id), ...foreign.keys()], at)
  const unruled = quiet.filter(({ site }) => !hasHours(policy, site))
  const elsewhere = await stationsElsewhere(tx, procedureId, at)
  const worked = await workedHours(tx, procedureId, unruled, at)
  return {
    stations: found.map((row) => ({
      ...factsOf(row, foreign.get(row.id), wrong.get(row.id), gaps, limitMs),
      elsewhere: elsewhere.get(row.id) ?? null,
    })),
    look: { now: at, nameOf: (id) => names.get(id) ?? id, isWorking: atWork(policy, worked) },
  }
}

function isQuiet(row: StationRow, known: KnownAlarm[], at: Instant): boolean {
  const isToldOf = known.some(
    (alarm) =>
      alarm.stationId === row.id &&
      alarm.acknowledgedAt === null &&
      (alarm.kind === 'stale' || alarm.kind === 'pinned but silent'),
  )
  return !row.setAside && !isToldOf && quietSince(row) <= at - quietMs
}

function quietSince(row: StationRow): Instant {
  return Math.max(row.aliveAt ?? 0, row.pins.at(-1)?.from ?? 0)
}

/** Only where its silence could count at all: a site at rest asks nothing of the database. */
async function workedHours(
  tx: Db,
  procedureId: ProcedureId,
  quiet: StationRow[],
  at: Instant,
): Promise<Awaited<ReturnType<typeof hoursWorked>>> {
  if (quiet.length === 0) return new Map()
  return hoursWorked(
    tx,
    procedureId,
    quiet.map((row) => ({ id: row.id, since: quietSince(row) })),
    at,
  )
}

function factsOf(
  row: StationRow,
  foreign: ForeignRun[] = [],
  wrong: WrongSample[] = [],
  gaps: Map<StationId, number | null>,
  limitMs: number,
): Omit<StationFacts, 'elsewhere'> {
  const pin = row.pins.at(-1)
  const former = row.pins.at(-2)
  const { lastRun } = row
  const isForeign =
    pin && lastRun && lastRun.deploymentId !== pin.deploymentId && lastRun.startedAt >= pin.from
  const isListed = foreign.some((run) => run.startedAt === lastRun?.startedAt)
  return {
    ...row,
    revert:
      row.revertedAt !== null && former
        ? { takenBack: former.deploymentId, at: row.revertedAt, limitMs }
        : null,
    usualGapMs: gaps.get(row.id) ?? null,
    foreign:
      isForeign && !isListed ? [...foreign, lastRun].toSorted((a, b) => a.startedAt - b.startedAt) : foreign,
    wrongSamples: wrong,
  }
}

/** A habit of 200 runs does not change within the hour. */
export function rememberedGaps() {
  const kept = new Map<string, { at: Instant; gap: number | null }>()
  return async function gapsOf(
    tx: Db,
    procedureId: ProcedureId,
    stations: StationId[],
    at: Instant,
  ): Promise<Map<StationId, number | null>> {
    const keyOf = (id: StationId) => `${procedureId} ${id}`
    const unknown = [...new Set(stations)].filter((id) => {
      const known = kept.get(keyOf(id))
      return !known || at - known.at >= hour
    })
    const found = unknown.length === 0 ? new Map() : await usualGaps(tx, procedureId, unknown)
    for (const id of unknown) kept.set(keyOf(id), { at, gap: found.get(id) ?? null })
    return new Map(stations.map((id) => [id, kept.get(keyOf(id))?.gap ?? null]))
  }
}
