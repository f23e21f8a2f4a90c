// Whether an approval would count now. Approvals come last: before all else is there, or they were asked for once, none is
// taken for a stage.
import type { RolloutView } from './rollout-view.ts'

export function takesApproval({
  readiness,
  approvals,
  status,
}: Pick<RolloutView, 'readiness' | 'approvals' | 'status'>): boolean {
  const open = readiness.items.filter((item) => !item.met).map((item) => item.kind)
  const isLast = open.every((kind) => kind === 'approvals')
  return open.includes('approvals') && (isLast || approvals.asked !== null || status === 'pending')
}
