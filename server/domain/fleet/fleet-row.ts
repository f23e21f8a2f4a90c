// What is wrong with a station, from what is stored of it: the alarms that stand open, and facts that raise none.
import { buildProgress } from '../build-progress.ts'
import { clockText, isOff } from '../clock-ahead.ts'
import type { Instant } from '../instant.ts'
import type { AlarmKind } from '../station-alarms/alarm.ts'
import { type FleetFacts, type FleetRow, type FleetTrouble, type TroubleKind, troubleKinds } from './fleet.ts'

export function fleetRow(facts: FleetFacts): FleetRow {
  const progress = buildProgress(facts)
  return { ...facts, progress, troubles: troublesOf(facts, progress) }
}

/** Each kind once: an open alarm says since when, a fact that says the same adds nothing. */
function troublesOf(facts: FleetFacts, progress: FleetRow['progress']): FleetTrouble[] {
  const { alarms, pulled, heardAt, clockAheadMs, ran, desired } = facts
  const found: FleetTrouble[] = [
    ...alarms.map(({ kind, since }) => trouble(kindOf[kind], since)),
    ...(progress === 'runs another build' && ran
      ? [trouble('drifted', ran.at, `runs ${ran.version} instead of ${desired?.version ?? 'nothing'}`)]
      : []),
    ...(progress === 'failed to take it' && pulled ? [trouble('failed', pulled.at, pulled.message)] : []),
    ...(heardAt === null ? [trouble('never seen', null)] : []),
    ...(clockAheadMs !== null && isOff(clockAheadMs)
      ? [trouble('clock off', null, clockText(clockAheadMs))]
      : []),
  ]
  return troubleKinds.flatMap((kind) => found.find((each) => each.kind === kind) ?? [])
}

const kindOf: Record<AlarmKind, TroubleKind> = {
  'runs what was taken back': 'taken back',
  drifted: 'drifted',
  'reference sample': 'reference sample',
  'revert overdue': 'not back',
  stale: 'silent',
  'pinned but silent': 'silent',
}

function trouble(kind: TroubleKind, since: Instant | null, detail: string | null = null): FleetTrouble {
  return { kind, since, detail }
}
