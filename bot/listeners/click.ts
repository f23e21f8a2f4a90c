// A click on a card's button: who, on what, drawn against which state.
import type { BlockButtonAction, RespondFn } from '@slack/bolt'
import type { Actor } from '../../server/domain/actor.ts'
import { isRefusal } from '../../server/domain/rollout/commands.ts'
import type { RolloutVerb } from '../../server/service.ts'
import { markup } from '../blocks/markup.ts'
import { type ButtonValue, readValue } from '../button-value.ts'
import { refusalText } from '../commands/answer.ts'
import type { Listener } from '../tell.ts'
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
  const { on, user, team, triggerId } = click
  const identified = await deps.people.identify(user)
  const facts = { user, team, trigger: triggerId, rollout: on.rolloutId, verb: verb.verb }
  if ('refused' in identified) {
    deps.log.info({ ...facts, decision: 'refused' }, identified.refused)
    await deps.tell(click.to, markup`${identified.refused}`)
    return
  }
  await carryOut(deps, click, verb, identified.actor, facts)
}

async function carryOut(
  deps: Here,
  click: Click,
  verb: RolloutVerb,
  by: Actor,
  facts: object,
): Promise<void> {
  const { on } = click
  const against = { stageIndex: on.stageIndex, deploymentId: on.deploymentId, version: on.version }
  const outcome = await deps.service.command(on.rolloutId, verb, by, against, click.commandId)
  const refused = isRefusal(outcome)
  deps.log.info({ ...facts, decision: refused ? outcome.refused : 'done' }, 'a button of a card')
  if (refused) await deps.tell(click.to, refusalText(outcome))
  await drawNow(deps, on)
}

/** Best effort and at once, for the one who looks at it: the queued delivery draws the same card again. */
export async function drawNow(deps: Here, on: ButtonValue): Promise<void> {
  const client = deps.clients.interactive
  const how = { patient: false, mayPost: false }
  try {
    const view = await deps.service.get(on.rolloutId)
    const stages = new Set([Math.max(0, on.stageIndex), Math.max(0, view?.stageIndex ?? 0)])
    for (const stage of stages) await deps.cards.draw(client, on.rolloutId, stage, how)
  } catch (error) {
    deps.log.debug({ err: error, rollout: on.rolloutId }, 'a card is left to the queue')
  }
}
