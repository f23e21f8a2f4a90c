// Approvals, the last of the gates: who is asked when, who is reminded, and which approval is taken.
import { hour, type Instant } from '../instant.ts'
import { approvalsNeeded, countedApprovals, expiryOf, isExcluded } from './approvals.ts'
import type { Command, Decided } from './commands.ts'
import { at } from './decide-fact.ts'
import { start } from './decide-staging.ts'
import type { RolloutEvent } from './events.ts'
import { evolve } from './evolve.ts'
import type { Readiness } from './readiness.ts'
import { notNow } from './refusals.ts'
import { type Asked, isRunning, type Pending, type RolloutState, type Running } from './state.ts'

type Of<Type extends Command['type']> = Extract<Command, { type: Type }>

/** How long approvers are left alone before they are reminded, once. */
export const remindAfterMs = hour

/**
 * The start is approved on its plan, at any time. A stage is approved on its evidence: only when all else is there, or
 * once its approvers were asked.
 */
export function approve(command: Of<'approve'>, state: RolloutState, now: Instant): Decided {
  if (state.status !== 'pending' && !isRunning(state))
    return notNow('the rollout is being aborted', 'Nothing needs an approval now.')
  if (isExcluded(command.by, state))
    return {
      refused: 'not allowed',
      why: `${state.owner.name} started this rollout, and its plan asks for four eyes: its author cannot approve it`,
      next: 'Ask somebody else to approve it.',
    }
  if (countedApprovals(state, now).some((approval) => approval.by.id === command.by.id)) return { events: [] }
  return state.status === 'pending' ? approveStart(command, state, now) : approveStage(command, state, now)
}

/** Approvers of a start that waits; those of a stage are called when it is judged. */
export function callApprovers(command: Of<'call approvers'>, state: RolloutState, now: Instant): Decided {
  return { events: approvalCalls(state, command.readiness, command, now) }
}

/**
 * Asked once all else is met, reminded once, and asked anew when an approval has expired. Nobody is called while the
 * rollout is paused, or while something else is missing again.
 */
export function approvalCalls(
  state: RolloutState,
  readiness: Readiness,
  command: Pick<Command, 'by'>,
  now: Instant,
): RolloutEvent[] {
  if (state.status !== 'pending' && state.status !== 'active') return []
  const short = countedApprovals(state, now).length < approvalsNeeded(state)
  if (!short || missingBeside(readiness).length > 0) return []
  const { asked } = state
  const stageIndex = state.status === 'pending' ? null : state.stageIndex
  if (asked === null || hasExpiredSince(asked, state, now))
    return [{ type: 'ApprovalAsked', stageIndex, ...at(command, now) }]
  if (asked.remindedAt === null && now - asked.at >= remindAfterMs)
    return [{ type: 'ApprovalReminded', stageIndex, ...at(command, now) }]
  return []
}

/** The last approval that is needed starts the rollout, unless its time or its hours are still to come. */
function approveStart(command: Of<'approve'>, state: Pending, now: Instant): Decided {
  const approved: RolloutEvent = { type: 'StartApproved', ...at(command, now) }
  const { by, closed = null } = command
  const started = start({ type: 'start', by, closed }, evolve(state, approved), now)
  return { events: 'refused' in started ? [approved] : [approved, ...started.events] }
}

function approveStage(command: Of<'approve'>, state: Running, now: Instant): Decided {
  const { stageIndex } = state
  const stage = `stage ${stageIndex + 1}`
  if (approvalsNeeded(state) === 0)
    return notNow(`${stage} asks for no approval`, 'Advance it when it is ready.')
  const missing = missingBeside(command.readiness)
  if (state.asked === null && missing.length > 0)
    return {
      refused: 'not ready',
      why: `approvals come last, and ${stage} still waits: ${missing.join('; ')}`,
      next: 'Its approvers are asked when that is there.',
    }
  return {
    events: [{ type: 'StageApproved', stageIndex, evidence: command.evidence, ...at(command, now) }],
  }
}

function missingBeside({ items }: Readiness): string[] {
  return items.filter((item) => item.kind !== 'approvals' && !item.met).map((item) => item.text)
}

function hasExpiredSince(asked: Asked, state: Pending | Running, now: Instant): boolean {
  return state.approvals.some((approval) => {
    const expiry = expiryOf(approval, state)
    return asked.at < expiry && expiry <= now
  })
}
