// What stations, clocks and gates tell a rollout. Facts are never refused: they change something, or nothing.

import type { Instant } from '../instant.ts'
import type { Command, Decided } from './commands.ts'
import { aborted } from './decide-verb.ts'
import type { RolloutEvent } from './events.ts'
import { evolve } from './evolve.ts'
import {
  type Aborting,
  canaryStations,
  isRunning,
  isTaken,
  isTerminal,
  type RolloutState,
  type StationProgress,
} from './state.ts'

type Of<Type extends Command['type']> = Extract<Command, { type: Type }>

/** `pulled` is an intention; only `running` (or a run) confirms. */
export function pickup(command: Of<'pickup'>, state: RolloutState, now: Instant): Decided {
  const { stationId, deploymentId } = command
  const station = state.stations[stationId]
  if (!station || isOld(station, command.at) || isTerminal(state) || state.status === 'pending')
    return nothing
  if (command.state === 'failed') {
    const detail = command.message ?? 'the station could not take the build'
    if (deploymentId !== state.deploymentId || !isTaken(station.status) || station.trouble?.kind === 'failed')
      return nothing
    return facts([
      {
        type: 'StationTroubled',
        stationId,
        trouble: { kind: 'failed', since: now, detail },
        ...at(command, now),
      },
    ])
  }
  if (command.state === 'pulled') {
    if (deploymentId === state.deploymentId && station.status === 'pinned')
      // As of its arrival: a run that starts right after the pull is newer than it, however late this is read.
      return facts([{ type: 'StationPulled', stationId, by: command.by, at: Math.min(command.at, now) }])
    return state.status === 'aborting' ? exposedAgain(command, state, now) : nothing
  }
  return ran(command, command.at, state, now)
}

export function run(command: Of<'run'>, state: RolloutState, now: Instant): Decided {
  const station = state.stations[command.stationId]
  if (!station || isOld(station, command.startedAt) || isTerminal(state) || state.status === 'pending')
    return nothing
  return ran(command, command.startedAt, state, now)
}

/** Answered with the pin, a station may run the build before it says so: an abort must then see it return. */
export function served(command: Of<'served'>, state: RolloutState, now: Instant): Decided {
  const station = state.stations[command.stationId]
  if (!isRunning(state) || station?.status !== 'pinned' || station.served || command.at < station.since)
    return nothing
  return facts([{ type: 'StationServed', stationId: command.stationId, ...at(command, now) }])
}

/** What a station showed before it was told, or before the last thing known of it, says nothing about now. */
function isOld(station: StationProgress, moment: Instant): boolean {
  return 'since' in station && moment < station.since
}

/** @param moment when the station showed it: a run's start, an acknowledgement's arrival. */
function ran(command: Of<'run'> | Of<'pickup'>, moment: Instant, state: RolloutState, now: Instant): Decided {
  const { stationId, deploymentId } = command
  const station = state.stations[stationId]
  if (!station) return nothing
  if (state.status === 'aborting') return backToBase(command, state, now)
  if (station.status === 'left') return ranAside(command, station, state, now)
  if (!isRunning(state) || (!('since' in station) && moment < state.startedAt)) return nothing
  if (deploymentId === state.deploymentId && (station.status === 'pinned' || station.status === 'pulled')) {
    const confirmed: RolloutEvent = { type: 'StationConfirmed', stationId, ...at(command, now) }
    return facts([confirmed, ...liveness(evolve(state, confirmed), command, now)])
  }
  const newer = station.trouble === null || moment > station.trouble.since
  const cleared: Decided =
    station.trouble && newer ? facts([{ type: 'StationCleared', stationId, ...at(command, now) }]) : nothing
  const expected = isTaken(station.status) ? state.deploymentId : state.baseDeploymentId
  if (deploymentId === expected) return cleared
  // Between the pin and the first run on it, a station still works on base: that is no drift.
  if (isTaken(station.status) && station.status !== 'confirmed' && deploymentId === state.baseDeploymentId)
    return station.trouble?.kind === 'stale' ? cleared : nothing
  if (station.trouble?.kind === 'drifted') return nothing
  const detail = `ran ${deploymentId} where ${expected} was asked for`
  return facts([
    {
      type: 'StationTroubled',
      stationId,
      trouble: { kind: 'drifted', since: now, detail },
      ...at(command, now),
    },
  ])
}

/** An excluded station is to be seen on base again: until then an abort waits for it as for any other. */
function ranAside(
  command: Of<'run'> | Of<'pickup'>,
  { excluded }: Extract<StationProgress, { status: 'left' }>,
  state: RolloutState,
  now: Instant,
): Decided {
  if (!isRunning(state) || !excluded) return nothing
  const { stationId, deploymentId } = command
  if (deploymentId === state.deploymentId && !excluded.exposed)
    return facts([{ type: 'StationExposedAgain', stationId, ...at(command, now) }])
  if (deploymentId === state.baseDeploymentId && excluded.exposed)
    return facts([{ type: 'StationReverted', stationId, ...at(command, now) }])
  return nothing
}

function backToBase(command: Of<'run'> | Of<'pickup'>, state: Aborting, now: Instant): Decided {
  const station = state.stations[command.stationId]
  if (station?.status !== 'reverting') return exposedAgain(command, state, now)
  if (!state.wayBack.includes(command.deploymentId)) return nothing
  const reverted: RolloutEvent = {
    type: 'StationReverted',
    stationId: command.stationId,
    ...at(command, now),
  }
  return facts([reverted, ...finished(evolve(state, reverted), command, now)])
}

/** A station that was thought untouched shows the aborted build: the abort stays open until it is back. */
function exposedAgain(command: Of<'run'> | Of<'pickup'>, state: Aborting, now: Instant): Decided {
  const station = state.stations[command.stationId]
  if (command.deploymentId !== state.deploymentId || !station) return nothing
  if (station.status === 'reverting' || (station.status === 'left' && !station.excluded)) return nothing
  return facts([{ type: 'StationExposedAgain', stationId: command.stationId, ...at(command, now) }])
}

export function stale(command: Of<'station stale'>, state: RolloutState, now: Instant): Decided {
  const station = state.stations[command.stationId]
  if (!station || (!isRunning(state) && state.status !== 'aborting')) return nothing
  if (station.trouble || station.waived || station.status === 'left' || station.status === 'reverted')
    return nothing
  const trouble = { kind: 'stale' as const, since: now, detail: command.detail }
  return facts([{ type: 'StationTroubled', stationId: command.stationId, trouble, ...at(command, now) }])
}

/** Whether units may be tested again was asked of the stations and the units; here it is written down. */
export function retests(command: Of<'retests'>, now: Instant): Decided {
  const { pairs, units } = command
  return facts([{ type: 'RetestsAsked', pairs, units, ...at(command, now) }])
}

export function supersede(command: Of<'supersede'>, state: RolloutState, now: Instant): Decided {
  // A build cannot take its own place: its runs would prove the way back from itself.
  if (isTerminal(state) || state.status === 'aborting' || command.successor === state.deploymentId)
    return nothing
  return aborted(command, state, now, command.why, [state.baseDeploymentId, command.successor])
}

/** A stage is live when all its stations are confirmed or waived. */
export function liveness(state: RolloutState, command: Pick<Command, 'by'>, now: Instant): RolloutEvent[] {
  if (!isRunning(state)) return []
  const canary = canaryStations(state).map((id) => state.stations[id])
  const live =
    canary.length > 0 && canary.every((station) => station?.status === 'confirmed' || station?.waived)
  if (live && state.liveSince === null)
    return [{ type: 'StageWentLive', stageIndex: state.stageIndex, ...at(command, now) }]
  return []
}

export function finished(state: RolloutState, command: Pick<Command, 'by'>, now: Instant): RolloutEvent[] {
  if (state.status !== 'aborting') return []
  const waiting = Object.values(state.stations).some(
    (station) => station.status === 'reverting' && !station.waived,
  )
  return waiting ? [] : [{ type: 'AbortFinished', ...at(command, now) }]
}

export function at(command: Pick<Command, 'by'>, now: Instant) {
  return { by: command.by, at: now }
}

const nothing: Decided = { events: [] }
const facts = (events: RolloutEvent[]): Decided => ({ events })
