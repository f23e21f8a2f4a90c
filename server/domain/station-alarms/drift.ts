// Which runs a station made on a build that it should not have run at that time.
import { minute } from '../instant.ts'
import { quietLimitMs } from './quiet-limit.ts'
import type { ForeignRun, StationFacts } from './station-facts.ts'

/** A run's start is told by the station's clock, an acknowledgement's arrival by ours. */
const clocksDifferMs = 2 * minute

type Asked = Pick<StationFacts, 'pins' | 'revert' | 'shownAt' | 'usualGapMs'>

/**
 * Each run is held against the pin of the moment in which it started, whenever it was uploaded. Between a pin's change
 * and the first proof of the new build, runs of what was asked for before are the swap and no drift, for as long as the
 * swap is not overdue.
 */
export function driftingRuns(station: Asked & Pick<StationFacts, 'foreign'>): ForeignRun[] {
  return station.foreign.filter((run) => isDrift(run, station))
}

export function isDrift(run: ForeignRun, asked: Asked): boolean {
  const index = asked.pins.findLastIndex((pin) => pin.from <= run.startedAt)
  const pin = asked.pins[index]
  // Nothing was asked of it then.
  if (!pin || (pin.to !== null && run.startedAt >= pin.to)) return false
  if (run.deploymentId === pin.deploymentId) return false
  const isPresent = index === asked.pins.length - 1
  const shownAt = isPresent ? asked.shownAt : null
  const isOverSwap = shownAt !== null && run.startedAt >= shownAt + clocksDifferMs
  const isTakenBack = isPresent && asked.revert?.takenBack === run.deploymentId
  if (!isOverSwap && wasAskedLately(run, asked, index, isTakenBack)) return false
  // Out of reach it could not know. That excuses a swap that is late, never a build that was taken back.
  return isTakenBack || !run.late || (pin.servedAt !== null && run.startedAt >= pin.servedAt)
}

/** A station that learns of its pin late has its time from then on; the limit of a revert is no matter of its own. */
function wasAskedLately(run: ForeignRun, asked: Asked, index: number, isTakenBack: boolean): boolean {
  const limitMs =
    isTakenBack && asked.revert ? asked.revert.limitMs : quietLimitMs({ usualGapMs: asked.usualGapMs })
  const told = isTakenBack ? null : (asked.pins[index]?.servedAt ?? null)
  return asked.pins
    .slice(0, index)
    .some(
      ({ deploymentId, to }) =>
        deploymentId === run.deploymentId &&
        to !== null &&
        run.startedAt < Math.max(to, told ?? to) + limitMs,
    )
}
