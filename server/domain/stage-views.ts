// The stages of a rollout as people see them: each with its size, its soak, and who ended it.

import type { RolloutEvent } from './rollout/events.ts'
import type { RolloutState } from './rollout/state.ts'
import type { StageView } from './rollout-view.ts'
import { stageSize } from './stage-size.ts'
import { targetLabel } from './target-label.ts'

export function stageViews(state: RolloutState, events: RolloutEvent[]): StageView[] {
  const members = state.order.filter((id) => state.stations[id]?.status !== 'left').length
  const current = 'stageIndex' in state ? state.stageIndex : -1
  const ended = state.status === 'completed' || state.status === 'aborted' || state.status === 'aborting'
  return state.plan.stages.map((stage, index) => ({
    index,
    label: targetLabel(stage.target),
    stationCount: stageSize(state.plan, index, members),
    state: stageWord(index, current, state.status),
    startedAt:
      events.findLast((event) => event.type === 'StageStarted' && event.stageIndex === index)?.at ?? null,
    soak: stage.soak,
    approvedBy: approvalsOfStage(index, events),
    decision:
      index === current && !ended
        ? null
        : (decisionOf(index, events) ?? (index === current ? state.lastDecision : null)),
  }))
}

function stageWord(index: number, current: number, status: RolloutState['status']): StageView['state'] {
  if (status === 'completed') return 'done'
  if (status === 'aborted') return index <= current ? 'done' : 'skipped'
  if (index < current) return 'done'
  return index === current ? 'current' : 'later'
}

function approvalsOfStage(index: number, events: RolloutEvent[]): StageView['approvedBy'] {
  const began = events.findLastIndex((event) => event.type === 'StageStarted' && event.stageIndex === index)
  return events
    .slice(Math.max(0, began))
    .flatMap((event) =>
      event.type === 'StageApproved' && event.stageIndex === index ? [{ by: event.by, at: event.at }] : [],
    )
}

/** The decision that ended a stage, from the record. */
function decisionOf(index: number, events: RolloutEvent[]): StageView['decision'] {
  const event = events.findLast((each) => endsStage(each, index))
  if (!event) return null
  const why = 'why' in event ? event.why : null
  switch (event.type) {
    case 'StageAdvanced':
    case 'StageSet':
      return {
        what: event.override.length > 0 ? `advanced, overriding: ${event.override.join('; ')}` : 'advanced',
        by: event.by,
        at: event.at,
        why,
      }
    case 'StageUndone':
      return { what: 'undone', by: event.by, at: event.at, why }
    default:
      return null
  }
}

function endsStage(event: RolloutEvent, index: number): boolean {
  return (
    (event.type === 'StageAdvanced' || event.type === 'StageSet' || event.type === 'StageUndone') &&
    event.from === index
  )
}
