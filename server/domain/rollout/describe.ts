// What a command did, in one sentence for whoever gave it.
import { targetLabel } from '../target-label.ts'
import { approvalsNeeded, countedApprovals } from './approvals.ts'
import type { RolloutEvent } from './events.ts'
import { isRunning, type RolloutState } from './state.ts'

export function describeEvents(events: RolloutEvent[], state: RolloutState): string {
  const sentences = events.map((event) => describe(event, state)).filter((sentence) => sentence !== null)
  return sentences.length === 0 ? 'nothing changed: that was already so' : sentences.join('; ')
}

function describe(event: RolloutEvent, state: RolloutState): string | null {
  switch (event.type) {
    case 'StageStarted': {
      const stage = state.plan.stages[event.stageIndex]
      const names = `${event.stations.length} more ${event.stations.length === 1 ? 'station' : 'stations'}`
      return `stage ${event.stageIndex + 1} of ${state.plan.stages.length} (${stage ? targetLabel(stage.target) : '?'}) pins ${names}`
    }
    case 'StageUndone':
      return `went back to stage ${event.to + 1}: ${event.stations.length} ${event.stations.length === 1 ? 'station loses its pin' : 'stations lose their pins'}`
    case 'RolloutPaused':
      return `paused: ${event.why}`
    case 'RolloutResumed':
      return 'resumed'
    case 'RolloutAborted':
      return 'aborted: every station is pinned to base again'
    case 'AbortFinished':
      return 'no station waits to return'
    case 'RolloutCompleted':
      return 'completed: every station of the rollout runs the build'
    case 'BreachAcknowledged':
      return `acknowledged the ${event.gate} breach${state.status === 'paused' ? '; the rollout stays paused until it is resumed' : ''}`
    case 'StationWaived':
      return 'waived the station'
    case 'RetestsAsked':
      return `asked for ${event.pairs} matched ${event.pairs === 1 ? 'pair' : 'pairs'} to be tested again on the other build`
    case 'ChangesAccepted':
      return event.words.length === 1 ? 'accepted the change' : 'accepted the changes'
    case 'StartApproved':
    case 'StageApproved':
      return approved(event, state)
    case 'RolloutCreated':
    case 'RolloutStarted':
    case 'StageWentLive':
    case 'StageUnmeasured':
    case 'StageMeasured':
    case 'StageAdvanced':
    case 'StageSet':
    case 'WatchAlarmed':
    case 'BreachOpened':
    case 'BreachWorsened':
    case 'BreachRecovered':
    case 'BreachEscalated':
    case 'ApprovalAsked':
    case 'ApprovalReminded':
    case 'ChangesFound':
    case 'DefinitionDeclared':
    case 'StationServed':
    case 'StationPulled':
    case 'StationConfirmed':
    case 'StationTroubled':
    case 'StationCleared':
    case 'StationJoined':
    case 'StationLeft':
    case 'StationExcluded':
    case 'StationExposedAgain':
    case 'StationReverted':
      return null
  }
}

function approved(
  { type, at }: Extract<RolloutEvent, { type: 'StartApproved' | 'StageApproved' }>,
  state: RolloutState,
): string {
  const what = type === 'StartApproved' ? 'approved the start' : 'approved the stage'
  if (state.status !== 'pending' && !isRunning(state)) return what
  // What starts the rollout has left the approvals of the start behind: those of a stage are others.
  if (type === 'StartApproved' && state.status !== 'pending') return what
  const missing = approvalsNeeded(state) - countedApprovals(state, at).length
  if (missing <= 0) return what
  return `${what}: ${missing} more ${missing === 1 ? 'approval is' : 'approvals are'} needed`
}
