// A station as alarms are judged on it: linked, asked to run base since yesterday, and doing so. A test states the rest.
import { deploymentId, stationId } from '../../server/domain/ids.ts'
import { hour, minute } from '../../server/domain/instant.ts'
import type { KnownAlarm } from '../../server/domain/station-alarms/look.ts'
import type { ForeignRun, Look, Pin, StationFacts } from '../../server/domain/station-alarms/station-facts.ts'
import { noon, uuid } from './fixed-values.ts'

export const base = deploymentId.parse(uuid(2, 1))
export const next = deploymentId.parse(uuid(2, 2))
export const third = deploymentId.parse(uuid(2, 3))
const names = new Map([
  [base, 'v1'],
  [next, 'v2'],
  [third, 'v3'],
])

export function aPin(part: Partial<Pin> = {}): Pin {
  return {
    deploymentId: base,
    rolloutId: null,
    from: noon - 24 * hour,
    to: null,
    servedAt: noon - 24 * hour,
    ...part,
  }
}

export function aForeignRun(part: Partial<ForeignRun> = {}): ForeignRun {
  return { deploymentId: third, startedAt: noon - minute, late: false, ...part }
}

export function aStationKnown(part: Partial<StationFacts> = {}): StationFacts {
  return {
    id: stationId.parse(uuid(3, 1)),
    name: 'FCT-01',
    site: 'Munich',
    setAside: false,
    pins: [aPin()],
    revert: null,
    shownAt: noon - 24 * hour,
    lastRightAt: noon - minute,
    pickup: null,
    failed: null,
    lastRun: { deploymentId: base, startedAt: noon - minute, late: false },
    aliveAt: noon - minute,
    usualGapMs: minute,
    foreign: [],
    wrongSamples: [],
    elsewhere: null,
    ...part,
  }
}

/** Taken back from v2 to v1 an hour and a minute ago, within a limit of an hour, and not heard of since. */
export function aStationTakenBack(part: Partial<StationFacts> = {}): StationFacts {
  const at = noon - 61 * minute
  return aStationKnown({
    pins: [aPin({ deploymentId: next, to: at }), aPin({ from: at, servedAt: null })],
    revert: { takenBack: next, at, limitMs: hour },
    shownAt: null,
    lastRightAt: null,
    lastRun: { deploymentId: next, startedAt: at - minute, late: false },
    aliveAt: at - minute,
    ...part,
  })
}

export function aLook(part: Partial<Look> = {}): Look {
  return { now: noon, nameOf: (id) => names.get(id) ?? id, isWorking: () => true, ...part }
}

export function aKnownAlarm(part: Partial<KnownAlarm> = {}): KnownAlarm {
  return {
    id: 1,
    stationId: stationId.parse(uuid(3, 1)),
    kind: 'drifted',
    since: noon - hour,
    openedAt: noon - hour,
    deploymentId: third,
    acknowledgedAt: null,
    ...part,
  }
}
