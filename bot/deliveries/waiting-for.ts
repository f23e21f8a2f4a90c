// Which rollouts wait for one person: those whose next step they may take, and those that are theirs and stand.
import type { Actor } from '../../server/domain/actor.ts'
import { minute } from '../../server/domain/instant.ts'
import { isSameActor } from '../../server/domain/known-to-slack.ts'
import { mayUse, type RightfulVerb } from '../../server/domain/rights.ts'
import type { BreachView, RolloutView } from '../../server/domain/rollout-view.ts'
import type { Rights } from '../workspaces/rights.ts'
import type { HomeFacts } from './home-facts.ts'

export type Waiting = { view: RolloutView } & (
  | { asks: 'acknowledge'; breach: BreachView }
  | { asks: 'approve' }
  | { asks: 'advance' }
  | { asks: 'resume' }
)

type Deps = { rights: Rights; policies: HomeFacts['policies']; now: number }

/** Whoever may not decide is asked for nothing: what nobody can say counts as no. Most urgent first. */
export async function waitingFor(person: Actor, live: RolloutView[], deps: Deps): Promise<Waiting[]> {
  const asked = new Map<string, Promise<boolean>>()
  const may = (verb: RightfulVerb, view: RolloutView) => {
    const key = `${verb} ${view.procedure.id}`
    const known =
      asked.get(key) ?? deps.rights.refused(person, verb, view.procedure.id).then((no) => no === null)
    asked.set(key, known)
    return known
  }
  const found: Waiting[] = []
  for (const view of live) {
    const breaches = view.breaches.filter((breach) => breach.closed === null && breach.mode !== 'observe')
    for (const breach of breaches)
      if ((await isCalled(person, view, breach, deps)) && (await may('acknowledge', view)))
        found.push({ view, asks: 'acknowledge', breach })
    if (breaches.length > 0) continue
    if (needsApprovalOf(person, view) && (await may('approve', view))) found.push({ view, asks: 'approve' })
    else if (isReady(view) && (await may('advance', view))) found.push({ view, asks: 'advance' })
    else if (isStanding(view) && isSameActor(person, view.owner) && (await may('resume', view)))
      found.push({ view, asks: 'resume' })
  }
  return found.toSorted((a, b) => order.indexOf(a.asks) - order.indexOf(b.asks))
}

const order: Waiting['asks'][] = ['acknowledge', 'approve', 'resume', 'advance']

/** Its owner, who is named for such decisions, who is on call, and, when nobody has answered in time, the second group. */
async function isCalled(
  person: Actor,
  view: RolloutView,
  breach: BreachView,
  { rights, policies, now }: Deps,
): Promise<boolean> {
  if (isSameActor(person, view.owner)) return true
  const policy = policies.get(view.procedure.id)
  if (policy && mayUse(policy.effective.rights, 'acknowledge') !== null) return true
  const { onCall, second, escalateAfterMinutes } = view.alerts
  const isLate = now - breach.openedAt >= escalateAfterMinutes * minute
  for (const group of [onCall, isLate ? second : null]) {
    if (group === null) continue
    const membership = await rights.groups.membership(group, person.id)
    if (membership.isKnown && membership.isMember) return true
  }
  return false
}

/** Approvals are the last of what a stage, or the start, needs: before that nobody is asked. */
function needsApprovalOf(person: Actor, view: RolloutView): boolean {
  const { needed, given, fourEyes } = view.approvals
  if (view.status === 'paused' || given.length >= needed) return false
  if (fourEyes && isSameActor(person, view.owner)) return false
  if (given.some(({ by }) => isSameActor(person, by))) return false
  return view.readiness.items.every((item) => item.met || item.kind === 'approvals')
}

/** The last stage completes by itself. */
function isReady(view: RolloutView): boolean {
  return view.status === 'active' && view.readiness.ready && view.stageIndex < view.stages.length - 1
}

/** The service lifts its own pauses. */
function isStanding({ status, pause }: RolloutView): boolean {
  return status === 'paused' && pause?.reason !== 'window' && pause?.reason !== 'blind'
}
