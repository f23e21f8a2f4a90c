// Events that change a rollout's status.
import { minute } from '../instant.ts'
import type { RolloutEvent } from './events.ts'
import { always, closed, decided, soakStopped, uncountedOf } from './evolve-parts.ts'
import { isExposed, isRunning, isTaken, type RolloutState, type StationProgress } from './state.ts'

export function created(event: Extract<RolloutEvent, { type: 'RolloutCreated' }>): RolloutState {
  return {
    status: 'pending',
    id: event.rolloutId,
    procedureId: event.procedureId,
    deploymentId: event.deploymentId,
    baseDeploymentId: event.baseDeploymentId,
    plan: event.plan,
    order: event.order,
    stations: Object.fromEntries(
      event.order.map((id) => [id, { status: 'queued', trouble: null, waived: null }]),
    ),
    version: 1,
    owner: event.by,
    reason: event.why,
    retryOf: event.retryOf,
    createdAt: event.at,
    startAt: event.startAt,
    approvals: [],
    asked: null,
    lastDecision: { what: 'created the rollout', by: event.by, at: event.at, why: event.why },
  }
}

export function started(state: RolloutState, event: RolloutEvent): RolloutState {
  if (state.status !== 'pending') return state
  return decided(
    {
      ...always(state),
      status: 'active',
      stageIndex: -1,
      startedAt: event.at,
      stageStartedAt: event.at,
      liveSince: null,
      soakedMs: 0,
      soakedShifts: 0,
      soakingSince: null,
      approvals: [],
      asked: null,
      breaches: [],
      accepted: [],
      lifted: [],
      stageHistory: [],
    },
    event,
    'started the rollout',
    state.reason,
  )
}

export function resumed(
  state: RolloutState,
  event: Extract<RolloutEvent, { type: 'RolloutResumed' }>,
): RolloutState {
  if (state.status !== 'paused') return state
  const { pause: _, ...rest } = state
  return decided(
    {
      ...rest,
      status: 'active',
      soakingSince: state.liveSince === null ? null : event.at,
      lifted: event.lifted ? [...state.lifted, event.lifted] : state.lifted,
    },
    event,
    'resumed',
    event.why,
  )
}

export function aborted(
  state: RolloutState,
  event: Extract<RolloutEvent, { type: 'RolloutAborted' }>,
): RolloutState {
  const abort = { why: event.why, by: event.by, at: event.at }
  if (state.status === 'pending')
    return decided(
      {
        ...always(state),
        status: 'aborted',
        abort,
        endedAt: event.at,
        stageIndex: -1,
        startedAt: null,
        breaches: [],
      },
      event,
      'aborted',
      event.why,
    )
  if (!isRunning(state)) return state
  const { pause: _, ...staged } = state.status === 'paused' ? state : { ...state, pause: null }
  return decided(
    {
      ...soakStopped(staged, event.at),
      status: 'aborting',
      abort,
      wayBack: event.wayBack,
      breaches: closed(state.breaches, event.at, 'aborted'),
      stations: Object.fromEntries(
        Object.entries(state.stations).map(([id, station]) => [id, reverted(station, event.at)]),
      ),
    },
    event,
    'aborted',
    event.why,
  )
}

/** A pin that never reached its station is simply taken back; any other station must prove its return. */
function reverted(station: StationProgress, at: number): StationProgress {
  const exposed = isExposed(station)
  if (!isTaken(station.status) && !exposed) return station
  return {
    status: exposed ? 'reverting' : 'reverted',
    since: at,
    trouble: null,
    waived: null,
    ...uncountedOf(station),
  }
}

export function completed(
  state: RolloutState,
  event: Extract<RolloutEvent, { type: 'RolloutCompleted' }>,
): RolloutState {
  if (!isRunning(state)) return state
  return decided(
    {
      ...always(state),
      status: 'completed',
      endedAt: event.at,
      watchUntil: event.at + state.plan.watchMinutes * minute,
      stageIndex: state.stageIndex,
      startedAt: state.startedAt,
      breaches: closed(state.breaches, event.at, 'completed'),
      alarms: [],
    },
    event,
    'completed',
    event.why,
  )
}

/** No decision: the version stays, and nothing is taken back without a person. */
export function watchAlarmed(
  state: RolloutState,
  event: Extract<RolloutEvent, { type: 'WatchAlarmed' }>,
): RolloutState {
  if (state.status !== 'completed') return state
  const { gate, severity, at, logEvidence, headline } = event
  const others = state.alarms.filter((alarm) => alarm.gate !== gate)
  return { ...state, alarms: [...others, { gate, severity, at, logEvidence, headline }] }
}
