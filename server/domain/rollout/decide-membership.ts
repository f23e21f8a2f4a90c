// Which stations are in the rollout: they join, leave, are passed over while held, and are excluded.
import type { Instant } from '../instant.ts'
import type { Command, Decided } from './commands.ts'
import { at, finished, liveness } from './decide-fact.ts'
import type { RolloutEvent } from './events.ts'
import { evolve } from './evolve.ts'
import { isTerminal, type RolloutState } from './state.ts'

type Of<Type extends Command['type']> = Extract<Command, { type: Type }>

export function join(command: Of<'join'>, state: RolloutState, now: Instant): Decided {
  if (isTerminal(state) || state.status === 'aborting') return nothing
  const station = state.stations[command.stationId]
  if (station && station.status !== 'left') return nothing
  // One that may still run the new build would join as if it never had.
  if (station?.status === 'left' && station.excluded?.exposed) return nothing
  return { events: [{ type: 'StationJoined', stationId: command.stationId, ...at(command, now) }] }
}

export function leave(command: Of<'leave'>, state: RolloutState, now: Instant): Decided {
  const station = state.stations[command.stationId]
  if (!station || isTerminal(state) || station.status === 'left') return nothing
  const left: RolloutEvent = {
    type: 'StationLeft',
    stationId: command.stationId,
    why: command.why,
    ...at(command, now),
  }
  const after = evolve(state, left)
  return { events: [left, ...liveness(after, command, now), ...finished(after, command, now)] }
}

/** One that has the build stays on it, and in its arm: it is only not moved. */
export function passOver(command: Of<'pass over'>, state: RolloutState, now: Instant): Decided {
  if (state.status === 'aborting' || state.stations[command.stationId]?.status !== 'queued') return nothing
  return leave({ ...command, type: 'leave' }, state, now)
}

/** While the rollout is aborting, every station is on its way to base anyhow, and must show it. */
export function exclude(command: Of<'exclude'>, state: RolloutState, now: Instant): Decided {
  const station = state.stations[command.stationId]
  if (!station || isTerminal(state) || state.status === 'aborting') return nothing
  if (station.status === 'left' && station.excluded) return nothing
  const excluded: RolloutEvent = {
    type: 'StationExcluded',
    stationId: command.stationId,
    why: command.why,
    ...at(command, now),
  }
  return { events: [excluded, ...liveness(evolve(state, excluded), command, now)] }
}

const nothing: Decided = { events: [] }
