// Events that begin a stage or take it back.
import type { StationId } from '../ids.ts'
import type { RolloutEvent } from './events.ts'
import { decided, uncountedOf } from './evolve-parts.ts'
import { isRunning, type RolloutState, type StationProgress, soakedMs, soakedShifts } from './state.ts'

export function stageStarted(
  state: RolloutState,
  event: Extract<RolloutEvent, { type: 'StageStarted' }>,
): RolloutState {
  if (!isRunning(state)) return state
  const pinned = Object.fromEntries(
    event.stations.map((id): [StationId, StationProgress] => [
      id,
      {
        status: 'pinned',
        stageIndex: event.stageIndex,
        since: event.at,
        trouble: null,
        waived: null,
        ...uncountedOf(state.stations[id]),
      },
    ]),
  )
  const { unmeasured: _, ...kept } = state
  return {
    ...kept,
    stageIndex: event.stageIndex,
    stageStartedAt: event.at,
    liveSince: null,
    soakedMs: 0,
    soakedShifts: 0,
    soakingSince: null,
    lifted: [],
    asked: null,
    stations: { ...state.stations, ...pinned },
    stageHistory: [
      ...state.stageHistory,
      {
        stageIndex: event.stageIndex,
        at: event.at,
        by: event.by,
        soakedMs: state.stageIndex < 0 ? 0 : soakedMs(state, event.at),
        soakedShifts: state.stageIndex < 0 ? 0 : soakedShifts(state, event.at),
        planned: { preset: state.plan.preset, stages: state.plan.stages },
      },
    ],
  }
}

export function undone(
  state: RolloutState,
  event: Extract<RolloutEvent, { type: 'StageUndone' }>,
): RolloutState {
  if (!isRunning(state)) return state
  const back = Object.fromEntries(
    event.stations.map((id): [StationId, StationProgress] => [
      id,
      { status: 'queued', trouble: null, waived: null, ...uncountedOf(state.stations[id]) },
    ]),
  )
  const { unmeasured: _, ...kept } = state
  return decided(
    {
      ...kept,
      plan: { ...state.plan, ...state.stageHistory.at(-2)?.planned },
      stageIndex: event.to,
      stageStartedAt: state.stageHistory.at(-2)?.at ?? state.startedAt,
      liveSince: null,
      soakedMs: event.soakedMs,
      soakedShifts: event.soakedShifts,
      soakingSince: null,
      approvals: [],
      asked: null,
      lifted: [],
      stations: { ...state.stations, ...back },
      stageHistory: state.stageHistory.slice(0, -1),
    },
    event,
    `undid the advance to stage ${event.from + 1}`,
    event.why,
  )
}
