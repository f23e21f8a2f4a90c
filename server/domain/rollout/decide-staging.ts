// What moves a rollout from stage to stage: start, advance, set, undo.
import type { StationId } from '../ids.ts'
import type { Instant } from '../instant.ts'
import { stageSize } from '../stage-size.ts'
import { approvalsNeeded, countedApprovals, isExcluded } from './approvals.ts'
import type { Command, Decided, Refusal } from './commands.ts'
import type { RolloutEvent } from './events.ts'
import { unmet } from './readiness.ts'
import { invalid, notNow, notRunning, percent } from './refusals.ts'
import { blocks, isRunning, type RolloutState, type Running } from './state.ts'

type Of<Type extends Command['type']> = Extract<Command, { type: Type }>

export function start(command: Of<'start'>, state: RolloutState, now: Instant): Decided {
  if (state.status !== 'pending') return { events: [] }
  const missing = approvalsNeeded(state) - countedApprovals(state, now).length
  if (missing > 0)
    return notNow(
      `the start waits for ${missing} more ${missing === 1 ? 'approval' : 'approvals'}`,
      'Ask an approver.',
    )
  if (state.startAt !== null && now < state.startAt)
    return notNow(
      `the start is set for ${new Date(state.startAt).toISOString()}`,
      'Wait, or abort and start anew.',
    )
  if (command.closed)
    return notNow(`the start waits: ${command.closed}`, 'It starts by itself when that is over.')
  return {
    events: [{ type: 'RolloutStarted', by: command.by, at: now }, stageStarted(state, 0, command, now)],
  }
}

export function advance(command: Of<'advance'>, state: RolloutState, now: Instant): Decided {
  if (!isRunning(state)) return notRunning(state)
  const override = overridden(command, state)
  if ('refused' in override) return override
  const to = state.stageIndex + 1
  if (to >= state.plan.stages.length)
    return {
      events: [
        {
          type: 'RolloutCompleted',
          why: command.why,
          override: override.items,
          evidence: command.evidence,
          by: command.by,
          at: now,
        },
      ],
    }
  return {
    events: [
      ...resumedBy(state, command, now),
      {
        type: 'StageAdvanced',
        from: state.stageIndex,
        to,
        why: command.why,
        override: override.items,
        evidence: command.evidence,
        by: command.by,
        at: now,
      },
      stageStarted(state, to, command, now),
    ],
  }
}

/** Jumps to a share. The stages that the jump passes over are replaced by one of that share; later ones stay. */
export function set(command: Of<'set'>, state: RolloutState, now: Instant): Decided {
  if (!isRunning(state)) return notRunning(state)
  if (!(command.share > 0 && command.share <= 1))
    return invalid(
      `expected a share above 0 % and up to 100 %, got ${percent(command.share)}`,
      'For example: set 50% "lot 7 is clean".',
    )
  if (command.why.trim() === '') return invalid('a jump needs a reason', 'Say why, in a few words.')
  const to = state.stageIndex + 1
  const following = state.plan.stages.slice(to)
  const final = following.at(-1)
  if (!final)
    return invalid('the last stage already takes all stations', 'Stations are taken back by undo or abort.')
  const total = members(state).length
  const target = { share: command.share }
  const wanted =
    command.share === 1
      ? total
      : stageSize({ ...state.plan, stages: [{ ...final, target }, final] }, 0, total)
  const present = stageSize(state.plan, state.stageIndex, total)
  if (wanted <= present && command.share < 1)
    return invalid(
      `${percent(command.share)} is ${wanted} of ${total} stations; stage ${state.stageIndex + 1} already has ${present}`,
      'Stations are only taken back by undo or abort. Choose a larger share.',
    )
  const override = overridden(command, state)
  if ('refused' in override) return override
  const later = following.filter((_, index) => stageSize(state.plan, to + index, total) > wanted)
  const passed = following.filter((stage) => !later.includes(stage)).at(-1)
  // The jump asks for what the stage asked that it stands for, approvals too: a jump is no way round them.
  const stands = command.share === 1 ? final : (passed ?? state.plan.stages[state.stageIndex] ?? final)
  const stages = [...state.plan.stages.slice(0, to), { ...stands, target }, ...later]
  const plan = { ...state.plan, preset: 'custom' as const, stages }
  return {
    events: [
      ...resumedBy(state, command, now),
      {
        type: 'StageSet',
        from: state.stageIndex,
        plan,
        to,
        why: command.why,
        override: override.items,
        evidence: command.evidence,
        by: command.by,
        at: now,
      },
      stageStarted({ ...state, plan }, to, command, now),
    ],
  }
}

/** Takes the last advance back: stations that have not run the new build lose their pin, the others keep it. */
export function undo(command: Of<'undo'>, state: RolloutState, now: Instant): Decided {
  if (!isRunning(state)) return notRunning(state)
  const entry = state.stageHistory.at(-1)
  if (!entry || state.stageHistory.length < 2)
    return notNow('the first stage cannot be undone', 'Abort takes its stations back to base.')
  const stations = state.order.filter((id) => {
    const station = state.stations[id]
    return (
      (station?.status === 'pinned' || station?.status === 'pulled') &&
      station.stageIndex === state.stageIndex
    )
  })
  if (stations.length === 0)
    return notNow('every station of this stage has already run the new build', 'Pause, or abort.')
  const to = state.stageHistory.at(-2)?.stageIndex ?? 0
  return {
    events: [
      {
        type: 'StageUndone',
        from: state.stageIndex,
        to,
        stations,
        why: command.why,
        soakedMs: entry.soakedMs,
        soakedShifts: entry.soakedShifts,
        by: command.by,
        at: now,
      },
    ],
  }
}

/** Queued stations that the stage takes, in order: as many as bring it to its size, with those that have the build. */
export function stationsOfStage(state: RolloutState, index: number): StationId[] {
  const taking = members(state)
  const queued = taking.filter((id) => state.stations[id]?.status === 'queued')
  const room = stageSize(state.plan, index, taking.length) - (taking.length - queued.length)
  return queued.slice(0, Math.max(0, room))
}

function members(state: RolloutState): StationId[] {
  return state.order.filter((id) => state.stations[id] && state.stations[id].status !== 'left')
}

function stageStarted(
  state: RolloutState,
  index: number,
  command: Pick<Command, 'by'>,
  now: Instant,
): RolloutEvent {
  return {
    type: 'StageStarted',
    stageIndex: index,
    stations: stationsOfStage(state, index),
    by: command.by,
    at: now,
  }
}

function resumedBy(state: Running, command: Pick<Command, 'by'>, now: Instant): RolloutEvent[] {
  return state.status === 'paused' ? [{ type: 'RolloutResumed', why: null, by: command.by, at: now }] : []
}

function overridden(command: Of<'advance'> | Of<'set'>, state: Running): { items: string[] } | Refusal {
  // A pause for a breach is over when its breach is; every other one is somebody's word against going on.
  const held =
    state.status === 'paused' && state.pause.reason !== 'breach' ? [`paused: ${state.pause.why}`] : []
  const missing = [...held, ...unmet(command.readiness)]
  const breached = state.breaches.some(blocks)
  const frozen = command.readiness.items.find((item) => item.kind === 'freeze' && !item.met)
  if (frozen) return notNow(frozen.text, 'Lift the freeze first: nobody advances through one.')
  if (missing.length === 0 && !breached) return { items: [] }
  if (!command.override && held.length > 0)
    return notNow(`the rollout is ${held.join()}`, 'Resume it first, or override with a reason.')
  if (!command.override && missing.length > 0)
    return {
      refused: 'not ready',
      why: `stage ${state.stageIndex + 1} is not ready: ${missing.join('; ')}`,
      next: 'Wait, or override with a reason.',
    }
  if (breached) return notNow('a breach is open', 'Acknowledge it with a reason first, or abort.')
  const unapproved = command.readiness.items.some((item) => item.kind === 'approvals' && !item.met)
  if (unapproved && isExcluded(command.by, state))
    return {
      refused: 'not allowed',
      why: `${state.owner.name} started this rollout, and its plan asks for four eyes: its author cannot pass over its approvals`,
      next: 'Wait for the approvals, or ask somebody else to override them with a reason.',
    }
  if (!command.why?.trim())
    return invalid('an override needs a reason', 'Say why the stage may go on without it.')
  return { items: missing }
}
