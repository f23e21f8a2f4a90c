// A station that an abort or a rollback took the build from, and that is not proven back in time.
import { minute } from '../instant.ts'
import { about, isOverdue, moment } from './drift-rules.ts'
import type { Finding, Look, StationFacts } from './station-facts.ts'

export function revertOverdue(station: StationFacts, { now, nameOf }: Look): Finding | null {
  const { revert } = station
  const pin = station.pins.at(-1)
  if (revert === null || !pin || station.setAside || !isOnItsWayBack(station) || !isOverdue(station, now))
    return null
  const minutes = Math.round(revert.limitMs / minute)
  return {
    ...about(station),
    kind: 'revert overdue',
    since: revert.at,
    detail: `not proven back on ${nameOf(pin.deploymentId)} within ${minutes} min: ${lastWord(station, nameOf)}`,
    deploymentId: pin.deploymentId,
  }
}

/** It may run the build that was taken back, and has not shown the other one since. */
export function isOnItsWayBack(station: StationFacts): boolean {
  return station.revert !== null && station.shownAt === null && hadIt(station)
}

/** Answered with the pin, it may have run the build without a word. */
function hadIt({ pins, revert, pickup, lastRun }: StationFacts): boolean {
  const former = pins.at(-2)
  return (
    (former?.deploymentId === revert?.takenBack && (former?.servedAt ?? null) !== null) ||
    pickup?.deploymentId === revert?.takenBack ||
    lastRun?.deploymentId === revert?.takenBack
  )
}

function lastWord(station: StationFacts, nameOf: Look['nameOf']): string {
  const { pickup, lastRun, failed } = station
  const pin = station.pins.at(-1)
  if (failed !== null) return `it could not take it (${failed})`
  if (pin && pickup?.deploymentId === pin.deploymentId && pickup.at >= pin.from)
    return `it has pulled it and not run it since`
  if (pin && lastRun && lastRun.startedAt >= pin.from)
    return `its last run, at ${moment(lastRun.startedAt)}, was on ${nameOf(lastRun.deploymentId)}`
  return station.aliveAt === null ? 'it was never heard of' : `no run since ${moment(station.aliveAt)}`
}
