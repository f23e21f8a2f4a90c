// What is at stake in the stage: what its author expects, what it costs, when it is decided, whose approval it needs.
import type { People } from '../../server/domain/people.ts'
import type { Economics, RolloutView } from '../../server/domain/rollout-view.ts'
import { join, type Markup, markup, mention, mentionGroup, moment, oneLine } from './markup.ts'
import { points, signed } from './numbers.ts'
import { named } from './wording.ts'

export function stakeLines(view: RolloutView): Markup[] {
  const isLive = view.status === 'pending' || view.status === 'active' || view.status === 'paused'
  return [
    ...expectationLine(view),
    ...(view.economics === null ? [] : economicsLine(view.economics)),
    ...(isLive ? approvalsLine(view) : []),
  ]
}

/** Declared before the start, so that a drop that was meant is not taken for a fault. */
function expectationLine({ expectation, expectedYieldChange }: RolloutView): Markup[] {
  const change = expectedYieldChange === 0 ? null : `${points(expectedYieldChange)} of first-pass yield`
  const words = expectation === null || expectation === '' ? null : oneLine(expectation, 200)
  const parts = [change, words].filter((part) => part !== null)
  return parts.length === 0 ? [] : [markup`*Expected* ${parts.join(', ')}`]
}

/** "42 units an hour on the new build; so far 3.1 failures more than base would have had (−0.4 … +7.2); …" */
function economicsLine({ unitsPerHour, extraFailures, verdictAt }: Economics): Markup[] {
  const parts = [
    ...(unitsPerHour === null ? [] : [markup`${rounded(unitsPerHour)} units an hour on the new build`]),
    ...(extraFailures === null ? [] : [markup`so far ${extraFailuresText(extraFailures)}`]),
    ...(verdictAt === null ? [] : [markup`verdict about ${moment(verdictAt)}`]),
  ]
  return parts.length === 0 ? [] : [markup`*At stake* ${join(parts, '; ')}`]
}

/** "3.1 failures more than base would have had (−0.4 … +7.2)" */
export function extraFailuresText({ estimate, low, high }: NonNullable<Economics['extraFailures']>): string {
  const bounds = low === null || high === null ? '' : ` (${signed(low, 1)} … ${signed(high, 1)})`
  const amount = Math.abs(estimate).toFixed(1)
  if (Number(amount) === 0) return `as many failures as base would have had${bounds}`
  return `${amount} failures ${estimate < 0 ? 'fewer' : 'more'} than base would have had${bounds}`
}

export function approvalsLine({ approvals, owner }: RolloutView): Markup[] {
  const { needed, given, asked, fourEyes } = approvals
  if (needed === 0) return []
  const by = given.slice(0, 5).map(({ by, at, expiresAt }) => {
    const until = expiresAt === null ? '' : markup`, good until ${moment(expiresAt)}`
    return markup`${named(by)}, ${moment(at)}${until}`
  })
  const missing = given.length < needed
  const open =
    asked === null
      ? markup`nobody is asked yet`
      : markup`asked since ${moment(asked.at)}: ${approvers(approvals.approvers)}`
  const not = fourEyes ? markup`; not by ${named(owner)}, who started it` : ''
  const parts = [...by, ...(missing ? [markup`${open}${not}`] : [])]
  return [
    markup`*Approvals* ${given.length} of ${needed}${parts.length === 0 ? '' : ': '}${join(parts, '; ')}`,
  ]
}

/** Groups first: in a message that is new they are all notified. */
export function approvers(who: People | null): Markup {
  if (who === null) return markup`every full member of the workspace`
  const all = [...who.groups.map(mentionGroup), ...who.users.map(mention)]
  if (all.length === 0) return markup`nobody may approve: the policy names no one`
  const more = all.length > 10 ? ` and ${all.length - 10} more` : ''
  return markup`${join(all.slice(0, 10), ' ')}${more}`
}

/** "42", "0.4": a rate below ten keeps its decimal. */
function rounded(value: number): string {
  return value < 10 ? value.toFixed(1) : Math.round(value).toLocaleString('en-GB')
}
