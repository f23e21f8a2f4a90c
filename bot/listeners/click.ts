// A click on a card's button: who, on what, drawn against which state.
import type { BlockButtonAction, RespondFn } from '@slack/bolt'
import type { Actor } from '../../server/domain/actor.ts'
import { type RightfulVerb, stops } from '../../server/domain/rights.ts'
import { isRefusal } from '../../server/domain/rollout/commands.ts'
import type { RolloutVerb } from '../../server/service.ts'
import { markup } from '../blocks/markup.ts'
import { type ButtonValue, readValue } from '../button-value.ts'
import { type Answer, no, refusalText } from '../commands/answer.ts'
import type { Listener } from '../tell.ts'
import type { NotAllowed } from '../workspaces/rights.ts'
import type { Here } from './deps.ts'

export type Click = {
  on: ButtonValue
  to: Listener
  user: string
  team: string | null
  triggerId: string
  commandId: string
}

export function readClick(body: BlockButtonAction, respond: RespondFn): Click | null {
  const [action] = body.actions
  const on = readValue(action?.value)
  if (!action || !on) return null
  return {
    on,
    to: { user: body.user.id, channel: body.channel?.id, respond },
    user: body.user.id,
    team: body.team?.id ?? null,
    triggerId: body.trigger_id,
    commandId: `slack:${action.action_ts}:${body.user.id}`,
  }
}

/** One command for one click; the answer to a refusal is for the clicker, the result is for all on the card. */
export async function decideByClick(deps: Here, click: Click, verb: RolloutVerb): Promise<void> {
  const { on } = click
  await byClick(deps, click, rightsFor(verb), async (by) => {
    const against = { stageIndex: on.stageIndex, deploymentId: on.deploymentId, version: on.version }
    const outcome = await deps.service.command(on.rolloutId, verb, by, against, click.commandId)
    return isRefusal(outcome) ? no(refusalText(outcome)) : null
  })
  await drawNow(deps, on)
}

/** Who clicked, and whether they may; then the work, whose answer is for the clicker alone. */
export async function byClick(
  deps: Here,
  click: Click,
  verbs: RightfulVerb[],
  work: (by: Actor) => Promise<Answer | null>,
): Promise<void> {
  const { on, user, team, triggerId } = click
  const facts = { user, team, trigger: triggerId, rollout: on.rolloutId, verb: verbs.join('+') }
  const allowed = await allowedBy(deps, user, verbs, on)
  if ('refused' in allowed) {
    deps.log.info({ ...facts, decision: 'refused' }, allowed.refused.plain)
    await deps.tell(click.to, allowed.refused.text)
    return
  }
  const answer = await work(allowed.actor)
  const isDone = answer === null || answer.done
  deps.log.info({ ...facts, decision: isDone ? 'done' : 'refused' }, 'a button of a card')
  if (answer) await deps.tell(click.to, answer.text)
}

/** Asked at every click, for all that the verb needs. */
export async function allowedBy(
  deps: Here,
  user: string,
  verbs: RightfulVerb[],
  on: ButtonValue,
): Promise<{ actor: Actor } | { refused: NotAllowed }> {
  const identified = await deps.people.identify(user, verbs.every(stops))
  if ('refused' in identified)
    return { refused: { plain: identified.refused, text: markup`${identified.refused}` } }
  const procedure = await deps.service.procedureOf(on.rolloutId)
  for (const verb of procedure ? verbs : []) {
    const refused = await deps.rights.refused(identified.actor, verb, procedure?.id ?? null)
    if (refused) return { refused }
  }
  return identified
}

export function rightsFor(verb: RolloutVerb): RightfulVerb[] {
  return 'override' in verb && verb.override ? [verb.verb, 'override'] : [verb.verb]
}

/** Best effort and at once, for the one who looks at it: the queued delivery draws the same card again. */
export async function drawNow(deps: Here, on: ButtonValue): Promise<void> {
  try {
    await deps.cards.redraw(deps, on)
  } catch (error) {
    deps.log.debug({ err: error, rollout: on.rolloutId }, 'a card is left to the queue')
  }
}
