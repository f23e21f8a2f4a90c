// Which approvals count, and whose cannot.
import type { Actor } from '../actor.ts'
import { type Instant, minute } from '../instant.ts'
import type { Approval, Pending, RolloutState, Running } from './state.ts'

/** Those of the present stage, or of the start, that have not expired. */
export function countedApprovals(state: Pending | Running, now: Instant): Approval[] {
  return state.approvals.filter((approval) => now < expiryOf(approval, state))
}

/** From this moment on the approval no longer counts; infinite: it lasts as long as its stage. */
export function expiryOf(approval: Approval, { plan }: Pick<RolloutState, 'plan'>): Instant {
  const lasts = plan.approvalsLastMinutes
  return lasts === null ? Number.POSITIVE_INFINITY : approval.at + lasts * minute
}

/** People who must approve before the rollout starts, or leaves its present stage. */
export function approvalsNeeded(state: Pending | Running): number {
  if (state.status === 'pending') return state.plan.startApprovals
  return state.plan.stages[state.stageIndex]?.approvals ?? 0
}

/** Where four eyes are asked, whoever started the rollout is not the second pair. */
export function isExcluded(person: Actor, { plan, owner }: Pick<RolloutState, 'plan' | 'owner'>): boolean {
  return plan.fourEyes && person.id === owner.id
}
