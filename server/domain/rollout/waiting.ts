// What a rollout waits for and what happens next, in plain sentences: nobody has to guess why nothing moves.
import type { StationId } from '../ids.ts'
import type { Instant } from '../instant.ts'
import { targetLabel } from '../target-label.ts'
import { type Readiness, unmet } from './readiness.ts'
import { blocks, canaryStations, isRest, type Paused, type RolloutState } from './state.ts'

export function waitsFor(
  state: RolloutState,
  readiness: Readiness,
  nameOf: (id: StationId) => string,
  now: Instant,
): string[] {
  switch (state.status) {
    case 'pending': {
      const hasPassed = state.startAt !== null && state.startAt <= now
      return [
        ...unmet(readiness),
        ...(state.startAt === null || hasPassed
          ? []
          : [`its start time, ${new Date(state.startAt).toISOString()}`]),
      ]
    }
    case 'active':
      return [...silent(state, nameOf), ...unmet(readiness)]
    case 'paused':
      return [held(state), ...silent(state, nameOf), ...unmet(readiness)]
    case 'aborting': {
      const reverting = state.order
        .filter((id) => state.stations[id]?.status === 'reverting')
        .filter((id) => !state.stations[id]?.waived)
      return reverting.map((id) => `${nameOf(id)} to run base again${troubleOf(state, id)}`)
    }
    case 'aborted':
    case 'completed':
      return []
  }
}

export function nextStep(state: RolloutState, ready: boolean): string {
  switch (state.status) {
    case 'pending':
      return 'When that is there, the first stage starts.'
    case 'active':
    case 'paused': {
      const following = state.plan.stages[state.stageIndex + 1]
      if (state.status === 'paused' && state.breaches.some(blocks))
        return 'Acknowledge the breach with a reason and resume, or abort; no further station gets the build until then.'
      if (state.status === 'paused' && isRest(state.pause.reason))
        return 'It goes on by itself when that is over, or when somebody resumes it with a reason; gates keep judging.'
      if (state.status === 'paused')
        return 'No further station gets the build until somebody resumes; gates keep judging.'
      if (!following) return 'When the last stage is ready, the rollout completes by itself.'
      const size = targetLabel(following.target)
      return ready ? `Advance takes it to ${size}.` : `When all of this is met, Advance takes it to ${size}.`
    }
    case 'aborting':
      return 'When every station is back on base, the abort is finished.'
    case 'aborted':
      return 'The build stays in the registry. Retry starts it again, with the same stations first.'
    case 'completed':
      return 'Every station of the rollout runs the build; rollback returns to an earlier one.'
  }
}

function held({ pause }: Paused): string {
  return isRest(pause.reason) ? `the end of its rest: ${pause.why}` : `a person: paused, ${pause.why}`
}

function silent(state: RolloutState, nameOf: (id: StationId) => string): string[] {
  return canaryStations(state)
    .filter((id) => state.stations[id]?.trouble && !state.stations[id]?.waived)
    .map((id) => `${nameOf(id)}${troubleOf(state, id)}`)
}

function troubleOf(state: RolloutState, id: StationId): string {
  const trouble = state.stations[id]?.trouble
  return trouble ? ` (${trouble.kind}: ${trouble.detail})` : ''
}
