// A command that was issued against a state that is gone: what it is told.
import type { Instant } from '../instant.ts'
import { targetLabel } from '../target-label.ts'
import type { Against, Refusal } from './commands.ts'
import type { WithoutStations } from './state.ts'

/** A button drawn for an earlier state does nothing; the answer names who moved the rollout, and when. */
export function outdated(against: Against | undefined, state: WithoutStations): Refusal | null {
  if (!against) return null
  const { stageIndex, deploymentId, version } = against
  const current = 'stageIndex' in state ? state.stageIndex : -1
  const moved =
    (stageIndex !== undefined && stageIndex !== current) ||
    (deploymentId !== undefined && deploymentId !== state.deploymentId) ||
    (version !== undefined && version !== state.version)
  if (!moved) return null
  const { what, by, at } = state.lastDecision
  const stage = state.plan.stages[current]
  const where = stage
    ? `stage ${current + 1} of ${state.plan.stages.length} (${targetLabel(stage.target)}), `
    : ''
  return {
    refused: 'stale',
    why: `the rollout has moved on: ${by.name} ${what} ${moment(at)}; it is now ${where}${state.status}`,
    next: 'Look at the current card, then decide again.',
  }
}

/**
 * The same, where no fact that is still to be taken in can change it: versions only rise, so an older one stays older.
 * Null: it has to be decided.
 */
export function outdatedForGood(against: Against | undefined, state: WithoutStations): Refusal | null {
  const isOlder = against?.version !== undefined && against.version < state.version
  const isOver = state.status === 'aborted' || state.status === 'completed'
  return isOlder && !isOver ? outdated(against, state) : null
}

/** A marker that every door turns into its reader's own time zone. */
export function moment(at: Instant): string {
  return `at ${new Date(at).toISOString()}`
}
