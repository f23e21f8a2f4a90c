// Who may decide on the pages: whom Slack knows, as in Slack; somebody at this machine only where no name is asked for.
import type { Actor } from './domain/actor.ts'
import { mayUse, type RightfulVerb } from './domain/rights.ts'
import type { RolloutView } from './domain/rollout-view.ts'
import type { PersonReading } from './page-access.ts'
import type { Identified, PagePeople } from './page-people.ts'
import type { Service } from './service.ts'

export type PageRights = ReturnType<typeof pageRights>

/** @param deps.people null: Slack is not set up. */
export function pageRights({
  service,
  people,
}: {
  service: Pick<Service, 'policy'>
  people: PagePeople | null
}) {
  return {
    /** Asked at every click, of the policy in force and of Slack's user groups. */
    async mayAct(
      { slack, actor }: Pick<PersonReading, 'slack' | 'actor'>,
      verbs: RightfulVerb[],
      view: Pick<RolloutView, 'procedure' | 'readiness'>,
    ): Promise<Identified> {
      if (slack === null) return unnamed(actor, verbs, view)
      if (people === null) return { refused: 'Slack cannot be asked who you are, so nothing was changed.' }
      return people.mayAct(slack, verbs, view.procedure.id)
    },
  }

  async function unnamed(
    actor: Actor,
    verbs: RightfulVerb[],
    { procedure, readiness }: Pick<RolloutView, 'procedure' | 'readiness'>,
  ): Promise<Identified> {
    const unapproved = readiness.items.some(({ kind, met }) => kind === 'approvals' && !met)
    if (verbs.includes('approve') || (verbs.includes('override') && unapproved))
      return {
        refused: `An approval is a person’s: somebody without a name is no second pair of eyes. ${how}`,
      }
    const policy = await service.policy(procedure.id)
    if (policy === null) return { refused: 'There is no such procedure any more, so nothing was changed.' }
    const named = verbs.find((verb) => mayUse(policy.effective.rights, verb) !== null)
    return named === undefined
      ? { actor }
      : { refused: `The settings name who may ${named}, and nobody knows who is at this machine. ${how}` }
  }
}

const how = 'Sign in with Slack, or decide in Slack. Nothing was changed.'
