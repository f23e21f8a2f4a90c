// Events that take time out of a stage's soak, and give it back.
import { fullShifts } from '../shifts.ts'
import type { RolloutEvent } from './events.ts'
import { without } from './measured.ts'
import { isRunning, type RolloutState } from './state.ts'

export function unmeasured(
  state: RolloutState,
  { from, to }: Extract<RolloutEvent, { type: 'StageUnmeasured' }>,
): RolloutState {
  if (!isRunning(state)) return state
  return { ...state, unmeasured: [...(state.unmeasured ?? []), { from, to }] }
}

/**
 * Time since the soak clock was set going is counted by the clock, once it is not taken out any more. Of a stretch before
 * a pause, which has been added up, it is added; a shift that reaches out of it then stays uncounted.
 */
export function measured(
  state: RolloutState,
  { from, to }: Extract<RolloutEvent, { type: 'StageMeasured' }>,
): RolloutState {
  if (!isRunning(state)) return state
  const left = { ...state, unmeasured: without(state.unmeasured ?? [], { from, to }) }
  if (state.soakingSince !== null && from >= state.soakingSince) return left
  return {
    ...left,
    soakedMs: state.soakedMs + to - from,
    soakedShifts: state.soakedShifts + fullShifts(state.plan.shifts, from, to),
  }
}
