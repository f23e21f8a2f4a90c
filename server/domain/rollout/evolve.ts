// Folds events into the state. It never refuses: an event is something that has happened.
import type { StationId } from '../ids.ts'
import type { RolloutEvent } from './events.ts'
import { aborted, completed, created, resumed, started, watchAlarmed } from './evolve-lifecycle.ts'
import { measured, unmeasured } from './evolve-measured.ts'
import { always, closed, decided, soakStopped, uncountedOf } from './evolve-parts.ts'
import { stageStarted, undone } from './evolve-stage.ts'
import {
  type Approval,
  type Asked,
  type Breach,
  type Decision,
  isExposed,
  isRunning,
  type RolloutState,
  type StationProgress,
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
            { ...state, approvals: withApproval(state.approvals, event) },
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
    case 'StageUnmeasured':
      return unmeasured(state, event)
    case 'StageMeasured':
      return measured(state, event)
    case 'StageApproved':
      return isRunning(state)
        ? decided(
            { ...state, approvals: withApproval(state.approvals, event) },
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
              pause: {
                reason: event.reason,
                why: event.why,
                by: event.by,
                at: event.at,
                ...(event.isUnheard ? { isUnheard: true } : {}),
              },
            },
            event,
            'paused',
            event.why,
          )
        : state
    case 'RolloutResumed':
      return resumed(state, event)
    case 'BreachOpened':
      return withBreaches(unapproved(state, event), event, `found a breach of ${event.gate}`, (breaches) => [
        // One that was only observed gives way when its gate begins to act.
        ...breaches.filter((breach) => !isOpen(breach, event.gate)),
        {
          gate: event.gate,
          mode: event.mode,
          severity: event.severity,
          openedAt: event.at,
          logEvidence: event.logEvidence,
          headline: event.headline,
          details: event.details,
          suspect: event.suspect,
          acknowledged: null,
          escalatedAt: null,
          closed: null,
        },
      ])
    case 'BreachWorsened':
      return withBreaches(state, event, `found the breach of ${event.gate} severe`, (breaches) =>
        breaches.map((breach) =>
          isOpen(breach, event.gate)
            ? { ...breach, severity: 'severe', logEvidence: event.logEvidence, headline: event.headline }
            : breach,
        ),
      )
    case 'BreachAcknowledged':
      return acknowledged(state, event)
    case 'BreachRecovered':
      return withBreaches(state, event, `found the breach of ${event.gate} over`, (breaches) =>
        closed(breaches, event.at, 'recovered', event.gate),
      )
    // Not decisions: nobody's button goes stale because a colleague was called.
    case 'BreachEscalated':
      return 'breaches' in state
        ? {
            ...state,
            breaches: state.breaches.map((breach) =>
              isOpen(breach, event.gate) ? { ...breach, escalatedAt: event.at } : breach,
            ),
          }
        : state
    case 'ApprovalAsked':
      return asks(state, { at: event.at, remindedAt: null })
    case 'ApprovalReminded':
      return asks(state, 'asked' in state && state.asked ? { ...state.asked, remindedAt: event.at } : null)
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
              ...uncountedOf(station),
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
              ...uncountedOf(station),
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
        stations: { ...state.stations, [event.stationId]: joined(state.stations[event.stationId], event.at) },
      }
    case 'StationLeft':
      return withStation(state, event.stationId, (station) => ({
        status: 'left',
        since: event.at,
        why: event.why,
        trouble: null,
        waived: null,
        ...uncountedOf(station),
      }))
    case 'StationExcluded':
      return withStation(state, event.stationId, (station) => ({
        status: 'left',
        since: event.at,
        why: event.why,
        excluded: { exposed: isExposed(station) },
        trouble: null,
        waived: null,
        uncounted: [...(station.uncounted ?? []), { from: event.at, to: null }],
      }))
    case 'StationExposedAgain':
      // A waiver was given for silence; a station that shows the aborted build is not silent.
      return withStation(state, event.stationId, (station) =>
        station.status === 'left' && state.status !== 'aborting'
          ? { ...station, excluded: { exposed: true } }
          : {
              status: 'reverting',
              since: event.at,
              trouble: null,
              waived: null,
              ...uncountedOf(station),
            },
      )
    case 'StationReverted':
      return withStation(state, event.stationId, (station) =>
        station.status === 'left'
          ? { ...station, excluded: { exposed: false } }
          : {
              status: 'reverted',
              since: event.at,
              trouble: null,
              waived: station.waived,
              ...uncountedOf(station),
            },
      )
    case 'RetestsAsked':
    case 'ChangesAccepted':
    case 'DefinitionDeclared':
      return state
    case 'ChangesFound':
      return withFound(state, event)
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
    case 'WatchAlarmed':
      return watchAlarmed(state, event)
    case 'RolloutCompleted':
      return completed(state, event)
  }
}

/** What was approved is not what is there any more. No decision: nobody's button goes stale by it. */
function withFound(
  state: RolloutState,
  { ids, stageIndex }: Extract<RolloutEvent, { type: 'ChangesFound' }>,
): RolloutState {
  if (!isRunning(state)) return state
  const found = ids.map((id) => ({ id, stageIndex }))
  return { ...state, changesFound: [...(state.changesFound ?? []), ...found], approvals: [], asked: null }
}

/** Whoever approves again, because the former approval has expired, counts once. */
function withApproval(approvals: Approval[], { by, at }: Approval): Approval[] {
  return [...approvals.filter((approval) => approval.by.id !== by.id), { by, at }]
}

/** What was approved is not what is there any more: after a breach its approvers are asked anew. */
function unapproved(
  state: RolloutState,
  { mode }: Extract<RolloutEvent, { type: 'BreachOpened' }>,
): RolloutState {
  return isRunning(state) && mode !== 'observe' ? { ...state, approvals: [], asked: null } : state
}

function asks(state: RolloutState, asked: Asked | null): RolloutState {
  return state.status === 'pending' || isRunning(state) ? { ...state, asked } : state
}

function acknowledged(
  state: RolloutState,
  event: Extract<RolloutEvent, { type: 'BreachAcknowledged' }>,
): RolloutState {
  if (!isRunning(state)) return state
  const word = { by: event.by, at: event.at, why: event.why }
  // A gate shows what is above the evidence accepted so far: a further acceptance comes on top of it.
  const former = state.accepted.find((acceptance) => acceptance.gate === event.gate)?.logEvidence ?? 0
  const logEvidence = Math.max(0, former) + Math.max(0, event.logEvidence)
  return decided(
    {
      ...state,
      breaches: state.breaches.map((breach) =>
        isOpen(breach, event.gate)
          ? { ...breach, acknowledged: word, closed: { at: event.at, how: 'acknowledged' } }
          : breach,
      ),
      accepted: [
        ...state.accepted.filter((acceptance) => acceptance.gate !== event.gate),
        { gate: event.gate, logEvidence, ...word },
      ],
    },
    event,
    `acknowledged the ${event.gate} breach`,
    event.why,
  )
}

function withStation(
  state: RolloutState,
  id: StationId,
  change: (station: StationProgress) => StationProgress,
): RolloutState {
  const station = state.stations[id]
  return station ? { ...state, stations: { ...state.stations, [id]: change(station) } } : state
}

/** What it did while it was excluded stays uncounted; from now on it counts again. */
function joined(station: StationProgress | undefined, at: number): StationProgress {
  const uncounted = station?.uncounted?.map((span) => (span.to === null ? { ...span, to: at } : span))
  return { status: 'queued', trouble: null, waived: null, ...(uncounted && { uncounted }) }
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

function isOpen(breach: Breach, gate: string): boolean {
  return breach.closed === null && breach.gate === gate
}

function cleared(station: StationProgress, kind: 'failed'): StationProgress['trouble'] {
  return station.trouble?.kind === kind ? null : station.trouble
}
