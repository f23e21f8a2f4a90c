// An alarm of a station, and a way back, as people see them; a test states only what matters to it.
import { deploymentId, procedureId, stationId } from '../../server/domain/ids.ts'
import { minute } from '../../server/domain/instant.ts'
import { type Reverted, type Reverting, revertingOf } from '../../server/domain/reverting.ts'
import type { AlarmView } from '../../server/domain/station-alarms/alarm.ts'
import { ines, noon, uuid } from './fixed-values.ts'

export function anAlarm(index = 0, part: Partial<AlarmView> = {}): AlarmView {
  return {
    id: index + 1,
    procedure: { id: procedureId.parse(uuid(4, 1)), name: 'PCBA-FCT' },
    station: {
      id: stationId.parse(uuid(3, index)),
      name: `FCT-${String(index + 1).padStart(2, '0')}`,
      site: 'Munich',
      line: 'Line 1',
    },
    kind: 'drifted',
    since: noon - 10 * minute,
    detail: 'ran 2.3.9 where 2.4.0 was asked for',
    deployment: { id: deploymentId.parse(uuid(2, 9)), version: '2.3.9' },
    runs: 12,
    rolloutId: null,
    openedAt: noon,
    closed: null,
    acknowledged: null,
    ...part,
  }
}

export function aStationGoingBack(index: number, part: Partial<Reverted> = {}): Reverted {
  return {
    id: stationId.parse(uuid(3, index)),
    name: `FCT-${String(index + 1).padStart(2, '0')}`,
    toldAt: noon + 1_000,
    pulledAt: noon + 20_000,
    provenAt: noon + minute,
    excused: null,
    seenAt: noon + minute,
    ...part,
  }
}

/** Taken back at noon; seen twelve minutes later. */
export function aWayBack(
  stations: Reverted[],
  part: Partial<Reverting> = {},
  now = noon + 12 * minute,
): Reverting {
  const decision = {
    at: noon,
    by: ines,
    why: 'fails good boards',
    takenBack: { id: deploymentId.parse(uuid(2, 1)), version: '2.4.1' },
    to: { id: deploymentId.parse(uuid(2, 2)), version: '2.4.0' },
    limitMinutes: 60,
    ...part,
  }
  return revertingOf(decision, stations, now)
}
