// Who may do what, asked at every click of the policy in force and of Slack's user groups. Fails closed.
import type { Actor } from '../../server/domain/actor.ts'
import type { ProcedureId } from '../../server/domain/ids.ts'
import type { People as Allowed } from '../../server/domain/people.ts'
import { mayUse, type RightfulVerb, stops } from '../../server/domain/rights.ts'
import type { Service } from '../../server/service.ts'
import { join, type Markup, markup, mention, mentionGroup, oneLine } from '../blocks/markup.ts'
import { verbPhrases } from '../blocks/verb-phrases.ts'
import { typed } from '../commands/words.ts'
import type { Clients } from '../connection/clients.ts'
import type { People } from './people.ts'
import { createUserGroups, type UserGroups } from './user-groups.ts'

export type Rights = ReturnType<typeof createRights>
/** The same words for places that show markup and for those that show plain text. */
export type NotAllowed = { text: Markup; plain: string }

type Decision = { isAllowed: true } | { isAllowed: false; unknown: { group: string; why: string } | null }

const mostNamed = 6

export function createRights(deps: {
  service: Pick<Service, 'policy' | 'procedureInBrief'>
  clients: Clients
  people: People
  teamId: string
  now: () => number
}) {
  const { service, people, teamId } = deps
  const groups = createUserGroups({ client: deps.clients.interactive, now: deps.now })

  /** Null: they may. `procedureId` null: what holds for all procedures. */
  async function refused(
    user: Actor,
    verb: RightfulVerb,
    procedureId: ProcedureId | null,
  ): Promise<NotAllowed | null> {
    const [policy, procedure] = await Promise.all([
      service.policy(procedureId ?? 'organisation'),
      procedureId === null ? null : service.procedureInBrief(procedureId),
    ])
    if (policy === null) return noPolicy
    if (procedure && procedure.team !== null && procedure.team !== teamId) return elsewhere(procedure.name)
    const allowed = mayUse(policy.effective.rights, verb)
    if (allowed === null) return null
    const decision = await decide(groups, allowed, user.id, stops(verb))
    return decision.isAllowed ? null : explained(decision, allowed, verb, procedure)
  }

  async function explained(
    { unknown }: Extract<Decision, { isAllowed: false }>,
    allowed: Allowed,
    verb: RightfulVerb,
    procedure: { name: string } | null,
  ): Promise<NotAllowed> {
    const tried = verbPhrases[verb](procedure === null ? null : oneLine(procedure.name, 60))
    const settings =
      procedure === null ? '/rollout config' : `/rollout config ${typed(oneLine(procedure.name, 60))}`
    const known = (await groups.all()) ?? []
    const handle = (id: string) => {
      const group = known.find((each) => each.id === id)
      return group ? `@${group.handle}` : `the group ${id}`
    }
    const users = await Promise.all(allowed.users.slice(0, mostNamed).map(nameOf))
    const more = allowed.users.length - users.length
    const plain = enumerated([...allowed.groups.map(handle), ...users.map(({ name }) => name)], more).join('')
    const text = join(
      enumerated([...allowed.groups.map(mentionGroup), ...users.map(({ id }) => mention(id))], more),
      '',
    )
    const end = `Nothing was changed. Who may is set with ${settings}.`
    if (plain === '') return both(`You tried to ${tried}. The settings let nobody do that from Slack. ${end}`)
    const silence = unknown && {
      before: 'Slack cannot say who is in',
      after: `now (${unknown.why}), so only people named in the settings may, and you are not one of them.`,
    }
    return {
      plain: `You tried to ${tried}. That is for ${plain}. ${silence ? `${silence.before} ${handle(unknown.group)} ${silence.after}` : 'Ask one of them.'} ${end}`,
      text: markup`You tried to ${tried}. That is for ${text}. ${silence ? markup`${silence.before} ${mentionGroup(unknown.group)} ${silence.after}` : 'Ask one of them.'} ${end}`,
    }
  }

  async function nameOf(id: string): Promise<{ id: string; name: string }> {
    const found = await people.identify(id)
    return { id, name: 'actor' in found ? oneLine(found.actor.name, 60) : id }
  }

  return {
    refused,
    /** The same as plain text, for the error under a field. Null: they may. */
    refusal: async (user: Actor, verb: RightfulVerb, procedureId: ProcedureId | null) =>
      (await refused(user, verb, procedureId))?.plain ?? null,
    groups,
  }
}

/** `mayStop`: the verb only takes a build away, so a membership seen before counts while Slack is silent. */
async function decide(
  groups: UserGroups,
  allowed: Allowed,
  userId: string,
  mayStop: boolean,
): Promise<Decision> {
  if (allowed.users.includes(userId)) return { isAllowed: true }
  let unknown: { group: string; why: string } | null = null
  for (const group of allowed.groups) {
    const membership = await groups.membership(group, userId)
    if (membership.isKnown ? membership.isMember : mayStop && membership.before) return { isAllowed: true }
    if (!membership.isKnown) unknown ??= { group, why: membership.why }
  }
  return { isAllowed: false, unknown }
}

/** "@a, Marek Nowak and 3 more", in pieces; none for nobody. */
function enumerated<Name extends string | Markup>(names: Name[], more: number): (Name | string)[] {
  const all: (Name | string)[] = more > 0 ? [...names, `${more} more`] : names
  return all.flatMap((name, index) => {
    if (index === 0) return [name]
    return [index === all.length - 1 ? ' and ' : ', ', name]
  })
}

function both(words: string): NotAllowed {
  return { plain: words, text: markup`${words}` }
}

function elsewhere(name: string): NotAllowed {
  return both(
    `The cards of ${oneLine(name, 60)} are in another Slack workspace: only its people may do this. Nothing was changed.`,
  )
}

const noPolicy = both(
  'Firstpass does not know this procedure, so it cannot know who may do this. Nothing was changed.',
)
