// Folds events into the state. It never refuses: an event is something that has happened.
import type { StationId } from '../ids.ts'
import { minute } from '../instant.ts'
import type { RolloutEvent } from './events.ts'
import {
  type Breach,
  type Decision,
  isExposed,
  isRunning,
  isTaken,
  type RolloutState,
  type Running,
  type StationProgress,
  soakedMs,
} from './state.ts'

export function fold(events: RolloutEvent[]): RolloutState | null {
  return events.reduce<RolloutState | null>((state, event) => evolve(state, event), null)
}

export function evolve(state: RolloutState | null, event: RolloutEvent): RolloutState {
  if (event.type === 'RolloutCreated') return created(event)
  if (state === null) throw new Error(`a rollout begins with RolloutCreated, got ${event.type}`)
  switch (event.type) {
    case 'StartApproved':
      return state.status === 'pending'
        ? decided(
            { ...state, approvals: [...state.approvals, { by: event.by, at: event.at }] },
            event,
            'approved the start',
            null,
          )
        : state
    case 'RolloutStarted':
      return started(state, event)
    case 'StageStarted':
      return stageStarted(state, event)
    case 'StageWentLive':
      return isRunning(state)
        ? { ...state, liveSince: event.at, soakingSince: state.status === 'active' ? event.at : null }
        : state
    case 'StageApproved':
      return isRunning(state)
        ? decided(
            { ...state, approvals: [...state.approvals, { by: event.by, at: event.at }] },
            event,
            `approved stage ${event.stageIndex + 1}`,
            null,
          )
        : state
    case 'StageAdvanced':
      return isRunning(state)
        ? decided({ ...state, approvals: [] }, event, `advanced to stage ${event.to + 1}`, event.why)
        : state
    case 'StageSet':
      return isRunning(state)
        ? decided(
            { ...state, plan: event.plan, approvals: [] },
            event,
            `set stage ${event.to + 1}`,
            event.why,
          )
        : state
    case 'StageUndone':
      return undone(state, event)
    case 'RolloutPaused':
      return isRunning(state)
        ? decided(
            {
              ...soakStopped(state, event.at),
              status: 'paused',
              pause: { reason: event.reason, why: event.why, by: event.by, at: event.at },
            },
            event,
            'paused',
            event.why,
          )
        : state
    case 'RolloutResumed':
      return resumed(state, event)
    case 'BreachOpened':
      return withBreaches(state, event, `found a breach of ${event.metric}`, (breaches) => [
        ...breaches,
        {
          metric: event.metric,
          severity: event.severity,
          openedAt: event.at,
          logEvidence: event.logEvidence,
          headline: event.headline,
          acknowledged: null,
          closed: null,
        },
      ])
    case 'BreachWorsened':
      return withBreaches(state, event, `found the breach of ${event.metric} severe`, (breaches) =>
        breaches.map((breach) =>
          isOpen(breach, event.metric)
            ? { ...breach, severity: 'severe', logEvidence: event.logEvidence, headline: event.headline }
            : breach,
        ),
      )
    case 'BreachAcknowledged':
      return acknowledged(state, event)
    case 'BreachRecovered':
      return withBreaches(state, event, `found the breach of ${event.metric} over`, (breaches) =>
        closed(breaches, event.at, 'recovered', event.metric),
      )
    case 'StationServed':
      return withStation(state, event.stationId, (station) =>
        station.status === 'pinned' ? { ...station, served: true } : station,
      )
    case 'StationPulled':
      return withStation(state, event.stationId, (station) =>
        station.status === 'pinned'
          ? {
              status: 'pulled',
              stageIndex: station.stageIndex,
              since: event.at,
              trouble: cleared(station, 'failed'),
              waived: station.waived,
            }
          : station,
      )
    case 'StationConfirmed':
      return withStation(state, event.stationId, (station) =>
        station.status === 'pinned' || station.status === 'pulled'
          ? {
              status: 'confirmed',
              stageIndex: station.stageIndex,
              since: event.at,
              trouble: null,
              waived: station.waived,
            }
          : station,
      )
    case 'StationTroubled':
      return withStation(state, event.stationId, (station) => ({ ...station, trouble: event.trouble }))
    case 'StationCleared':
      return withStation(state, event.stationId, (station) => ({ ...station, trouble: null }))
    case 'StationWaived':
      return withStation(state, event.stationId, (station) => ({
        ...station,
        waived: { by: event.by, at: event.at, why: event.why },
      }))
    case 'StationJoined':
      return {
        ...state,
        order: state.order.includes(event.stationId) ? state.order : [...state.order, event.stationId],
        stations: { ...state.stations, [event.stationId]: { status: 'queued', trouble: null, waived: null } },
      }
    case 'StationLeft':
      return withStation(state, event.stationId, () => ({
        status: 'left',
        since: event.at,
        trouble: null,
        waived: null,
      }))
    case 'StationExposedAgain':
      // A waiver was given for silence; a station that shows the aborted build is not silent.
      return withStation(state, event.stationId, () => ({
        status: 'reverting',
        since: event.at,
        trouble: null,
        waived: null,
      }))
    case 'StationReverted':
      return withStation(state, event.stationId, (station) => ({
        status: 'reverted',
        since: event.at,
        trouble: null,
        waived: station.waived,
      }))
    case 'RolloutAborted':
      return aborted(state, event)
    case 'AbortFinished':
      return state.status === 'aborting'
        ? {
            ...always(state),
            status: 'aborted',
            abort: state.abort,
            endedAt: event.at,
            stageIndex: state.stageIndex,
            startedAt: state.startedAt,
            breaches: state.breaches,
          }
        : state
    case 'RolloutCompleted':
      return completed(state, event)
  }
}

function created(event: Extract<RolloutEvent, { type: 'RolloutCreated' }>): RolloutState {
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
    lastDecision: { what: 'created the rollout', by: event.by, at: event.at, why: event.why },
  }
}

function started(state: RolloutState, event: RolloutEvent): RolloutState {
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
      soakingSince: null,
      approvals: [],
      breaches: [],
      accepted: [],
      stageHistory: [],
    },
    event,
    'started the rollout',
    state.reason,
  )
}

function stageStarted(
  state: RolloutState,
  event: Extract<RolloutEvent, { type: 'StageStarted' }>,
): RolloutState {
  if (!isRunning(state)) return state
  const pinned = Object.fromEntries(
    event.stations.map((id): [StationId, StationProgress] => [
      id,
      { status: 'pinned', stageIndex: event.stageIndex, since: event.at, trouble: null, waived: null },
    ]),
  )
  return {
    ...state,
    stageIndex: event.stageIndex,
    stageStartedAt: event.at,
    liveSince: null,
    soakedMs: 0,
    soakingSince: null,
    stations: { ...state.stations, ...pinned },
    stageHistory: [
      ...state.stageHistory,
      {
        stageIndex: event.stageIndex,
        at: event.at,
        by: event.by,
        soakedMs: state.stageIndex < 0 ? 0 : soakedMs(state, event.at),
        planned: { preset: state.plan.preset, stages: state.plan.stages },
      },
    ],
  }
}

function undone(state: RolloutState, event: Extract<RolloutEvent, { type: 'StageUndone' }>): RolloutState {
  if (!isRunning(state)) return state
  const back = Object.fromEntries(
    event.stations.map((id): [StationId, StationProgress] => [
      id,
      { status: 'queued', trouble: null, waived: null },
    ]),
  )
  return decided(
    {
      ...state,
      plan: { ...state.plan, ...state.stageHistory.at(-2)?.planned },
      stageIndex: event.to,
      stageStartedAt: state.stageHistory.at(-2)?.at ?? state.startedAt,
      liveSince: null,
      soakedMs: event.soakedMs,
      soakingSince: null,
      approvals: [],
      stations: { ...state.stations, ...back },
      stageHistory: state.stageHistory.slice(0, -1),
    },
    event,
    `undid the advance to stage ${event.from + 1}`,
    event.why,
  )
}

function resumed(
  state: RolloutState,
  event: Extract<RolloutEvent, { type: 'RolloutResumed' }>,
): RolloutState {
  if (state.status !== 'paused') return state
  const { pause: _, ...rest } = state
  return decided(
    { ...rest, status: 'active', soakingSince: state.liveSince === null ? null : event.at },
    event,
    'resumed',
    event.why,
  )
}

function acknowledged(
  state: RolloutState,
  event: Extract<RolloutEvent, { type: 'BreachAcknowledged' }>,
): RolloutState {
  if (!isRunning(state)) return state
  const word = { by: event.by, at: event.at, why: event.why }
  // A gate shows what is above the evidence accepted so far: a further acceptance comes on top of it.
  const former = state.accepted.find((acceptance) => acceptance.metric === event.metric)?.logEvidence ?? 0
  const logEvidence = Math.max(0, former) + Math.max(0, event.logEvidence)
  return decided(
    {
      ...state,
      breaches: state.breaches.map((breach) =>
        isOpen(breach, event.metric)
          ? { ...breach, acknowledged: word, closed: { at: event.at, how: 'acknowledged' } }
          : breach,
      ),
      accepted: [
        ...state.accepted.filter((acceptance) => acceptance.metric !== event.metric),
        { metric: event.metric, logEvidence, ...word },
      ],
    },
    event,
    `acknowledged the ${event.metric} breach`,
    event.why,
  )
}

function aborted(
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
  if (!isTaken(station.status)) return station
  return { status: isExposed(station) ? 'reverting' : 'reverted', since: at, trouble: null, waived: null }
}

function completed(
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
    },
    event,
    'completed',
    event.why,
  )
}

function soakStopped<State extends Omit<Running, 'status' | 'pause'>>(state: State, at: number): State {
  const soaked = state.soakedMs + (state.soakingSince === null ? 0 : Math.max(0, at - state.soakingSince))
  return { ...state, soakedMs: soaked, soakingSince: null }
}

function withStation(
  state: RolloutState,
  id: StationId,
  change: (station: StationProgress) => StationProgress,
): RolloutState {
  const station = state.stations[id]
  return station ? { ...state, stations: { ...state.stations, [id]: change(station) } } : state
}

/** Moves the version on as a decision does, so it is one: a stale click is told that the gate was first. */
function withBreaches(
  state: RolloutState,
  event: { by: Decision['by']; at: number; headline: string },
  what: string,
  change: (breaches: Breach[]) => Breach[],
): RolloutState {
  if (!isRunning(state)) return state
  const breaches = change(state.breaches)
  return decided({ ...state, breaches }, event, what, event.headline)
}

function closed(
  breaches: Breach[],
  at: number,
  how: 'recovered' | 'aborted' | 'completed',
  metric?: string,
): Breach[] {
  return breaches.map((breach) =>
    breach.closed === null && (metric === undefined || breach.metric === metric)
      ? { ...breach, closed: { at, how } }
      : breach,
  )
}

function isOpen(breach: Breach, metric: string): boolean {
  return breach.closed === null && breach.metric === metric
}

function cleared(station: StationProgress, kind: 'failed'): StationProgress['trouble'] {
  return station.trouble?.kind === kind ? null : station.trouble
}

function decided<State extends RolloutState>(
  state: State,
  event: { by: Decision['by']; at: number },
  what: string,
  why: string | null,
): State {
  return { ...state, version: state.version + 1, lastDecision: { what, by: event.by, at: event.at, why } }
}

/** The part every status has, without what only the present one has. */
function always(state: RolloutState) {
  const {
    id,
    procedureId,
    deploymentId,
    baseDeploymentId,
    plan,
    order,
    stations,
    version,
    owner,
    reason,
    retryOf,
    createdAt,
    lastDecision,
  } = state
  return {
    id,
    procedureId,
    deploymentId,
    baseDeploymentId,
    plan,
    order,
    stations,
    version,
    owner,
    reason,
    retryOf,
    createdAt,
    lastDecision,
  }
}
