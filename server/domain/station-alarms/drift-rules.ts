// Alarms about runs of the wrong build: one that nobody asked for, or the one that was taken back.
import type { DeploymentId } from '../ids.ts'
import type { Instant } from '../instant.ts'
import { driftingRuns } from './drift.ts'
import { quietLimitMs } from './quiet-limit.ts'
import type { Finding, Look, StationFacts } from './station-facts.ts'

/** Runs of the taken-back build are the other alarm's. */
export function drifted(station: StationFacts, look: Look): Finding | null {
  return ranAnother(station, look) ?? isGivenAnother(station, look)
}

/** Nobody knows yet whether it has run it. */
function isGivenAnother(station: StationFacts, { nameOf }: Look): Finding | null {
  const { elsewhere, pins } = station
  const pin = pins.at(-1)
  if (elsewhere === null || !pin) return null
  const { said, since, deploymentId } = elsewhere
  return {
    ...about(station),
    kind: 'drifted',
    since,
    detail: `${said} where ${nameOf(pin.deploymentId)} was asked for`,
    deploymentId,
  }
}

function ranAnother(station: StationFacts, { nameOf }: Look): Finding | null {
  const runs = driftingRuns(station).filter((run) => run.deploymentId !== station.revert?.takenBack)
  const last = runs.at(-1)
  const pin = station.pins.at(-1)
  if (!last || !pin) return null
  const episode = runs.filter((run) => run.startedAt > (station.lastRightAt ?? 0))
  const since = (episode[0] ?? last).startedAt
  const detail = `ran ${nameOf(last.deploymentId)} where ${nameOf(pin.deploymentId)} was asked for`
  return { ...about(station), kind: 'drifted', since, detail, deploymentId: last.deploymentId }
}

/**
 * After the station had shown the build it was to go back to, or after the limit. At the limit a station that is still
 * at work on it is known not to have gone back: the next run need not be waited for.
 */
export function runsWhatWasTakenBack(station: StationFacts, look: Look): Finding | null {
  const { revert, lastRun, shownAt } = station
  if (revert === null) return null
  const runs = driftingRuns(station).filter((run) => run.deploymentId === revert.takenBack)
  const isAtWork =
    shownAt === null &&
    isOverdue(station, look.now) &&
    lastRun?.deploymentId === revert.takenBack &&
    lastRun.startedAt > revert.at &&
    look.now - lastRun.startedAt < quietLimitMs(station)
  const since = runs[0]?.startedAt ?? (isAtWork ? revert.at + revert.limitMs : null)
  if (since === null) return null
  const ran = `ran ${look.nameOf(revert.takenBack)}, which was taken back at ${moment(revert.at)}`
  const after = shownAt === null ? '' : `, after it had shown that it was back`
  return {
    ...about(station),
    kind: 'runs what was taken back',
    since,
    detail: `${ran}${after}`,
    deploymentId: revert.takenBack,
  }
}

export function isOverdue({ revert }: Pick<StationFacts, 'revert'>, now: Instant): boolean {
  return revert !== null && now >= revert.at + revert.limitMs
}

export function about(station: StationFacts): Pick<Finding, 'stationId' | 'rolloutId'> {
  return { stationId: station.id, rolloutId: station.pins.at(-1)?.rolloutId ?? null }
}

/** Readers see it in their own time. */
export function moment(at: Instant): string {
  return new Date(at).toISOString()
}

/** The latest drifting run of that build, as far as it is still looked at. */
export function lastDriftOf(station: StationFacts, deploymentId: DeploymentId | null): Instant | null {
  return driftingRuns(station).findLast((run) => run.deploymentId === deploymentId)?.startedAt ?? null
}
