// All rollouts at a glance: the live ones, what asks for a person, what has ended, and every procedure.
import type { Actor } from './actor.ts'
import type { VerdictWord } from './gates/verdict.ts'
import type { DeploymentId, ProcedureId, RolloutId } from './ids.ts'
import type { Instant } from './instant.ts'
import type { RolloutLine, RolloutView } from './rollout-view.ts'
import type { AlarmView } from './station-alarms/alarm.ts'

export type LiveRollout = {
  id: RolloutId
  procedure: { id: ProcedureId; name: string }
  build: { id: DeploymentId; version: string }
  base: { id: DeploymentId; version: string }
  status: RolloutView['status']
  stageIndex: number
  stageCount: number
  stageLabel: string | null
  owner: Actor
  since: Instant
  /** Null: the gates have not judged yet. */
  overall: VerdictWord | null
  /** First attempts on the new build. */
  canary: { units: number; passed: number }
  taken: number
  stations: number
  waitsFor: string[]
  next: string
}

/** Something that stays as it is until a person acts. `urgent`: it costs units, or somebody is late. */
export type Ask = {
  kind: 'breach' | 'approval' | 'decision' | 'limits' | 'alarm'
  since: Instant
  urgent: boolean
  rollout: { id: RolloutId; procedure: string; version: string } | null
  /** What is to be done, in a few words. */
  what: string
  /** What is known of it, as the service says it. */
  detail: string
  alarm: AlarmView | null
}

export type ProcedureLine = {
  id: ProcedureId
  name: string
  active: { id: DeploymentId; version: string } | null
  stationCount: number
  sites: number
  openAlarms: number
  live: { id: RolloutId; status: string } | null
  autoPush: boolean
}

export type Overview = {
  live: LiveRollout[]
  /** Live ones beyond those that are listed. */
  moreLive: number
  asks: Ask[]
  moreAsks: number
  ended: RolloutLine[]
  procedures: ProcedureLine[]
}

const mostAsks = 40

export function overviewOf(found: {
  views: RolloutView[]
  moreLive: number
  alarms: AlarmView[]
  moreAlarms: number
  ended: RolloutLine[]
  procedures: ProcedureLine[]
}): Overview {
  const asks = [...found.views.flatMap(asksOfRollout), ...found.alarms.map(askOfAlarm)].toSorted(
    (a, b) => Number(b.urgent) - Number(a.urgent) || a.since - b.since,
  )
  return {
    live: found.views.map(liveRollout).toSorted((a, b) => rank(a) - rank(b) || a.since - b.since),
    moreLive: found.moreLive,
    asks: asks.slice(0, mostAsks),
    moreAsks: Math.max(0, asks.length - mostAsks) + found.moreAlarms,
    ended: found.ended,
    procedures: found.procedures,
  }
}

/** What has stopped stands before what goes on, and that before what waits for its start. */
function rank({ status, overall }: LiveRollout): number {
  if (overall === 'severe' || overall === 'breach') return 0
  return { aborting: 1, paused: 2, active: 3, pending: 4, aborted: 5, completed: 5 }[status]
}

function liveRollout(view: RolloutView): LiveRollout {
  const { id, procedure, deployment, base, status, stageIndex, stages, stations, canaryArm } = view
  return {
    id,
    procedure: { id: procedure.id, name: procedure.name },
    build: { id: deployment.id, version: deployment.version },
    base: { id: base.id, version: base.version },
    status,
    stageIndex,
    stageCount: stages.length,
    stageLabel: stages[stageIndex]?.label ?? null,
    owner: view.owner,
    since: view.startedAt ?? view.createdAt,
    overall: view.verdict?.overall ?? null,
    canary: { units: canaryArm.units, passed: canaryArm.passed },
    taken: stations.filter((each) => ['pinned', 'pulled', 'confirmed'].includes(each.status)).length,
    stations: stations.filter((each) => each.status !== 'left').length,
    waitsFor: view.waitsFor,
    next: view.next,
  }
}

function asksOfRollout(view: RolloutView): Ask[] {
  const rollout = { id: view.id, procedure: view.procedure.name, version: view.deployment.version }
  const open = view.breaches.filter(
    ({ closed, acknowledged, mode }) => closed === null && acknowledged === null && mode !== 'observe',
  )
  const { asked, needed, given } = view.approvals
  const missing = needed - given.length
  const ask = (part: Omit<Ask, 'rollout' | 'alarm'>): Ask => ({ rollout, alarm: null, ...part })
  return [
    ...open.map((each) =>
      ask({
        kind: 'breach',
        since: each.openedAt,
        urgent: true,
        what: each.severity === 'severe' ? 'Decide on a severe breach' : 'Decide on a breach',
        detail: each.headline,
      }),
    ),
    ...(asked !== null && missing > 0
      ? [
          ask({
            kind: 'approval',
            since: asked.at,
            urgent: asked.remindedAt !== null,
            what: asked.remindedAt === null ? 'Approve' : 'Approve, overdue',
            detail: `${missing} of ${needed} approvals ${missing === 1 ? 'is' : 'are'} missing`,
          }),
        ]
      : []),
    ...(view.verdict?.overall === 'grey' && open.length === 0
      ? [
          ask({
            kind: 'decision',
            since: view.verdict.at,
            urgent: false,
            what: 'Advance or abort',
            detail: 'the gates leave it to a person',
          }),
        ]
      : []),
    ...((view.changes?.holding ?? 0) > 0
      ? [
          ask({
            kind: 'limits',
            since: view.startedAt ?? view.createdAt,
            urgent: false,
            what: 'Accept or refuse changed limits',
            detail: `${view.changes?.holding} changes of limits that nobody declared hold the stage`,
          }),
        ]
      : []),
  ]
}

function askOfAlarm(alarm: AlarmView): Ask {
  const urgent = ['runs what was taken back', 'reference sample', 'revert overdue'].includes(alarm.kind)
  const { since, detail } = alarm
  return { kind: 'alarm', since, urgent, rollout: null, what: 'Look at the station', detail, alarm }
}
