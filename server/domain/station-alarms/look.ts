// One look at the stations of a procedure: which alarms open, which close. The same facts again change nothing.
import type { DeploymentId, StationId } from '../ids.ts'
import { type Instant, minute } from '../instant.ts'
import type { AlarmKind, ClosedHow } from './alarm.ts'
import { driftingRuns } from './drift.ts'
import { drifted, lastDriftOf, runsWhatWasTakenBack } from './drift-rules.ts'
import { wrongSample } from './reference-sample.ts'
import { revertOverdue } from './revert-overdue.ts'
import { silence, toldTogether } from './silence.ts'
import type { Finding, Look, StationFacts } from './station-facts.ts'

export type KnownAlarm = {
  id: number
  stationId: StationId
  kind: AlarmKind
  since: Instant
  openedAt: Instant
  deploymentId: DeploymentId | null
  /** When a person acknowledged it; null: it is open. */
  acknowledgedAt: Instant | null
}
export type Closing = { id: number; how: ClosedHow }

/**
 * @param stations all that are linked to the procedure.
 * @param known alarms that are open, and of each station and kind the latest that was acknowledged.
 */
export function judgeStations(
  stations: StationFacts[],
  known: KnownAlarm[],
  look: Look,
): { opened: Finding[]; closed: Closing[] } {
  const open = known.filter((alarm) => alarm.acknowledgedAt === null)
  const byId = new Map(stations.map((station) => [station.id, station]))
  const closed = open.flatMap((alarm): Closing[] => {
    const how = endOf(alarm, byId.get(alarm.stationId), look)
    return how === null ? [] : [{ id: alarm.id, how }]
  })
  const gone = new Set(closed.map(({ id }) => id))
  const standing = open.filter((alarm) => !gone.has(alarm.id))
  const isOpen = (stationId: StationId, kind: AlarmKind) =>
    standing.some((alarm) => alarm.stationId === stationId && alarm.kind === kind)
  const silences = stations
    .filter((station) => !isOpen(station.id, 'stale') && !isOpen(station.id, 'pinned but silent'))
    .flatMap((station) => {
      const found = silence(station, look)
      return found === null || isSettled(found, station, known) ? [] : [found]
    })
  const found = [...stations.flatMap((station) => ofItsRuns(station, known, look)), ...toldTogether(silences)]
  return {
    opened: found
      .filter(({ stationId, kind }) => !isOpen(stationId, kind))
      .map(({ stationId, kind, since, detail, deploymentId, rolloutId }) => ({
        stationId,
        kind,
        since,
        detail,
        deploymentId,
        rolloutId,
      })),
    closed,
  }
}

/** A station that runs the taken-back build is overdue as well: the worse of the two is told. */
function ofItsRuns(station: StationFacts, known: KnownAlarm[], look: Look): Finding[] {
  const mine = known.filter((alarm) => alarm.stationId === station.id)
  const samples = mine.filter((alarm) => alarm.kind === 'reference sample').map((alarm) => alarm.openedAt)
  const takenBack = runsWhatWasTakenBack(station, look)
  const found = [
    drifted(station, look),
    takenBack,
    takenBack === null ? revertOverdue(station, look) : null,
    wrongSample(station, samples.length === 0 ? null : Math.max(...samples)),
  ]
  return found
    .flatMap((each) => each ?? [])
    .filter((each) => !isSettled(each, station, known) && !hasEnded(each, station, look))
}

/** A person has answered for these very facts; they are told again when they ended in the meantime, or are others. */
function isSettled(found: Finding, station: StationFacts, known: KnownAlarm[]): boolean {
  return known.some(
    (each) =>
      each.stationId === station.id &&
      each.acknowledgedAt !== null &&
      answersFor(found, { ...each, acknowledgedAt: each.acknowledgedAt }, station),
  )
}

function answersFor(
  found: Finding,
  known: KnownAlarm & { acknowledgedAt: Instant },
  station: StationFacts,
): boolean {
  switch (found.kind) {
    case 'stale':
    case 'pinned but silent': {
      const lastSign = Math.max(station.aliveAt ?? 0, station.pickup?.at ?? 0)
      return (known.kind === 'stale' || known.kind === 'pinned but silent') && lastSign <= known.openedAt
    }
    case 'revert overdue':
      return (
        (known.kind === 'revert overdue' || known.kind === 'runs what was taken back') &&
        known.since >= found.since
      )
    case 'drifted':
    case 'runs what was taken back':
      return (
        known.kind === found.kind &&
        known.deploymentId === found.deploymentId &&
        !hasRecoveredAfter(station, found.deploymentId, known.acknowledgedAt)
      )
    case 'reference sample':
      return false
  }
}

/** It showed what it should after that moment, and half an hour passed without a wrong run. */
function hasRecoveredAfter(station: StationFacts, deploymentId: DeploymentId | null, at: Instant): boolean {
  if (station.lastRightAt === null || station.lastRightAt <= at) return false
  const wrong = driftingRuns(station)
    .filter((run) => run.deploymentId === deploymentId && run.startedAt > at)
    .map((run) => run.startedAt)
  // What is older than the runs that are looked at is taken as one with them.
  const [first = at] = station.foreign.map((run) => run.startedAt)
  return [Math.max(at, first), ...wrong].some(
    (start, index, starts) => index > 0 && start - (starts[index - 1] ?? start) >= quietMs,
  )
}

/** A run of the wrong build that was followed by right ones long ago is history, not a state. */
function hasEnded(found: Finding, station: StationFacts, { now }: Look): boolean {
  if (station.elsewhere !== null) return false
  if (found.kind !== 'drifted' && found.kind !== 'runs what was taken back') return false
  return hasRecovered(station, found.deploymentId, now)
}

/** Two programs on one bench take turns: only half an hour of nothing else tells that it is over. */
const quietMs = 30 * minute

function hasRecovered(station: StationFacts, deploymentId: DeploymentId | null, now: Instant): boolean {
  const lastWrong = lastDriftOf(station, deploymentId)
  if (station.lastRightAt === null || station.lastRun?.deploymentId === deploymentId) return false
  return lastWrong === null || (station.lastRightAt > lastWrong && now - lastWrong >= quietMs)
}

function endOf(alarm: KnownAlarm, station: StationFacts | undefined, look: Look): ClosedHow | null {
  if (station === undefined) return 'unlinked'
  const pin = station.pins.at(-1)
  switch (alarm.kind) {
    case 'drifted':
    case 'runs what was taken back':
      if (alarm.deploymentId !== null && pin?.deploymentId === alarm.deploymentId)
        return 'asked for another build'
      if (station.elsewhere !== null) return null
      return hasRecovered(station, alarm.deploymentId, look.now) ? 'recovered' : null
    case 'revert overdue':
      if (station.revert === null || station.revert.at > alarm.since) return 'asked for another build'
      if (station.shownAt !== null) return 'recovered'
      if (station.setAside) return 'set aside'
      return runsWhatWasTakenBack(station, look) === null ? null : 'worse'
    case 'pinned but silent':
      if (station.setAside) return 'set aside'
      return hasAnswered(station) || isHeardOf(station, alarm) ? 'recovered' : null
    case 'stale':
      if (station.setAside) return 'set aside'
      return isHeardOf(station, alarm) ? 'recovered' : null
    case 'reference sample':
      return null
  }
}

function hasAnswered({ pins, pickup, shownAt }: StationFacts): boolean {
  return shownAt !== null || pickup?.deploymentId === pins.at(-1)?.deploymentId
}

function isHeardOf(station: StationFacts, alarm: KnownAlarm): boolean {
  return station.aliveAt !== null && station.aliveAt > alarm.since
}
