// What people may ask of a rollout besides moving it: pause, resume, abort, waive, acknowledge.
import type { DeploymentId } from '../ids.ts'
import type { Instant } from '../instant.ts'
import type { Command, Decided } from './commands.ts'
import type { RolloutEvent } from './events.ts'
import { invalid, notNow, notRunning } from './refusals.ts'
import { blocks, isExposed, isRest, isRunning, isTerminal, type RolloutState } from './state.ts'

type Of<Type extends Command['type']> = Extract<Command, { type: Type }>

export function pause(command: Of<'pause'>, state: RolloutState, now: Instant): Decided {
  if (!isRunning(state)) return notRunning(state)
  if (command.why.trim() === '') return invalid('a pause needs a reason', 'Say why, in a few words.')
  if (state.status === 'paused' && state.pause.reason === 'person') return { events: [] }
  return { events: [{ type: 'RolloutPaused', reason: 'person', why: command.why, by: command.by, at: now }] }
}

export function resume(command: Of<'resume'>, state: RolloutState, now: Instant): Decided {
  if (!isRunning(state)) return notRunning(state)
  if (state.status === 'active') return { events: [] }
  const open = state.breaches.filter(blocks)
  if (open.length > 0)
    return notNow(
      `${open.map((breach) => breach.gate).join(', ')} is breached`,
      'Acknowledge the breach with a reason, or abort.',
    )
  const { reason } = state.pause
  const resumed: RolloutEvent = { type: 'RolloutResumed', why: command.why, by: command.by, at: now }
  if (!isRest(reason)) return { events: [resumed] }
  if (!command.why?.trim())
    return invalid(
      `it rests because ${state.pause.why}, and goes on by itself when that is over`,
      'To go on all the same in this stage, say why.',
    )
  return { events: [{ ...resumed, lifted: reason }] }
}

/** Needs no approval, soak, window or healthy metrics, and the same abort twice is one. */
export function abort(command: Of<'abort'>, state: RolloutState, now: Instant): Decided {
  if (state.status === 'aborting' || state.status === 'aborted') return { events: [] }
  if (state.status === 'completed')
    return {
      refused: 'terminal',
      why: `the rollout completed at ${new Date(state.endedAt).toISOString()}`,
      next: 'Use rollback to return every station to an earlier build.',
    }
  return aborted(command, state, now, command.why, [state.baseDeploymentId])
}

/** Shared with supersede: the way back may then lead to the successor as well as to base. */
export function aborted(
  by: Pick<Command, 'by'>,
  state: RolloutState,
  now: Instant,
  why: string,
  wayBack: DeploymentId[],
): Decided {
  const first: RolloutEvent = { type: 'RolloutAborted', why, wayBack, by: by.by, at: now }
  const exposed = Object.values(state.stations).some(isExposed)
  if (state.status === 'pending' || exposed) return { events: [first] }
  return { events: [first, { type: 'AbortFinished', by: by.by, at: now }] }
}

export function waive(command: Of<'waive'>, state: RolloutState, now: Instant): Decided {
  if (isTerminal(state) || state.status === 'pending')
    return notNow(`the rollout is ${state.status}`, 'Nothing waits for a station now.')
  const station = state.stations[command.stationId]
  if (!station)
    return invalid('that station is not part of this rollout', 'Look at the card for its stations.')
  if (command.why.trim() === '') return invalid('a waiver needs a reason', 'Say why, in a few words.')
  if (station.status === 'queued' || station.status === 'reverted' || station.status === 'left')
    return notNow('nothing waits for that station', 'Waive a station that holds the stage or the abort up.')
  if (station.waived) return { events: [] }
  const waived: RolloutEvent = {
    type: 'StationWaived',
    stationId: command.stationId,
    why: command.why,
    by: command.by,
    at: now,
  }
  if (state.status !== 'aborting') return { events: [waived] }
  const others = Object.entries(state.stations).some(
    ([id, other]) => id !== command.stationId && other.status === 'reverting' && !other.waived,
  )
  return { events: others ? [waived] : [waived, { type: 'AbortFinished', by: command.by, at: now }] }
}

export function acknowledge(command: Of<'acknowledge'>, state: RolloutState, now: Instant): Decided {
  if (!isRunning(state)) return notRunning(state)
  if (command.why.trim() === '')
    return invalid('an acknowledgement needs a reason', 'Say why the breach is acceptable.')
  const breach = state.breaches.find((each) => each.closed === null && each.gate === command.gate)
  if (!breach) return notNow(`no ${command.gate} breach is open`, 'Nothing needs an acknowledgement.')
  return {
    events: [
      {
        type: 'BreachAcknowledged',
        gate: command.gate,
        // What is accepted is what the person can see now, not what the breach opened with.
        logEvidence: command.logEvidence ?? breach.logEvidence,
        why: command.why,
        evidence: command.evidence,
        by: command.by,
        at: now,
      },
    ],
  }
}
