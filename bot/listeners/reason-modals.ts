// Forms with a reason: carried out while the form is open, so that a refusal costs nobody what they wrote.
import type { App, SlackViewMiddlewareArgs, ViewOutput, ViewSubmitAction } from '@slack/bolt'
import { abortReason, abortReasons } from '../../server/domain/abort-reasons.ts'
import type { Actor } from '../../server/domain/actor.ts'
import type { RightfulVerb } from '../../server/domain/rights.ts'
import { isRefusal, type Refusal } from '../../server/domain/rollout/commands.ts'
import type { RolloutVerb } from '../../server/service.ts'
import { markup } from '../blocks/markup.ts'
import { choiceBlock, modalIds, reasonBlock } from '../blocks/reason-modals.ts'
import { type ButtonValue, readObject, readValue } from '../button-value.ts'
import { refusalLine } from '../commands/answer.ts'
import { answerForm } from './answer-form.ts'
import { allowedBy, drawNow, rightsFor } from './click.ts'
import { type Here, here, type ListenerDeps } from './deps.ts'

type Form = { on: ButtonValue; channel: string | undefined; why: string; changes: string[] }
/** `verbs`: the rights that it takes. */
type Deed = { name: string; verbs: RightfulVerb[]; run: Run }
type Run = (deps: Here, by: Actor, commandId: string) => Promise<object | Refusal>
type Args = SlackViewMiddlewareArgs<ViewSubmitAction>

export function reasonModals(app: App, deps: ListenerDeps): void {
  const deeds: Record<string, (form: Form) => Deed | null> = {
    [modalIds.abort]: ({ on, why }) => deedOf({ verb: 'abort', why }, on),
    [modalIds.override]: ({ on, why }) => deedOf({ verb: 'advance', why, override: true }, on),
    [modalIds.acknowledge]: ({ on, why }) =>
      on.gate === undefined ? null : deedOf({ verb: 'acknowledge', gate: on.gate, why }, on),
    [modalIds.accept]: ({ on, why, changes }) => ({
      name: 'accept',
      // It clears the way as an override does, and asks for the same rights.
      verbs: ['advance', 'override'],
      run: (deps, by) => deps.service.acceptChanges(on.deploymentId, { ids: changes, why }, by),
    }),
  }
  for (const [id, deedFor] of Object.entries(deeds))
    app.view<ViewSubmitAction>(
      { callback_id: id, type: 'view_submission' },
      async ({ ack, view, body, context }) => {
        const form = readForm(view)
        const deed = form && deedFor(form)
        if (!form || !deed) return ack()
        await submit(here(deps, context), { ack, body }, form, deed)
      },
    )
}

function deedOf(verb: RolloutVerb, on: ButtonValue): Deed {
  return {
    name: verb.verb,
    verbs: rightsFor(verb),
    run: (deps, by, commandId) =>
      deps.service.command(on.rolloutId, verb, by, againstOf(verb, on), commandId),
  }
}

async function submit(
  place: Promise<Here>,
  { ack, body }: Pick<Args, 'ack' | 'body'>,
  form: Form,
  deed: Deed,
): Promise<void> {
  await answerForm(ack, {
    work: place.then((at) => carryOut(at, body, form, deed)),
    block: reasonBlock,
    tell: async (refused) =>
      (await place).tell(
        { user: body.user.id, channel: form.channel },
        markup`${refused}\nYour reason was: ${form.why}`,
      ),
  })
  await drawNow(await place, form.on)
}

/** Null when done, else why not. */
async function carryOut(
  deps: Here,
  body: ViewSubmitAction,
  { on }: Form,
  { name, verbs, run }: Deed,
): Promise<string | null> {
  const facts = { user: body.user.id, team: body.team?.id, trigger: body.trigger_id, rollout: on.rolloutId }
  try {
    const allowed = await allowedBy(deps, body.user.id, verbs, on)
    if ('refused' in allowed) {
      deps.log.info({ ...facts, verb: name, decision: 'refused' }, allowed.refused.plain)
      return allowed.refused.plain
    }
    const outcome = await run(deps, allowed.actor, `slack:${body.trigger_id}`)
    deps.log.info(
      {
        ...facts,
        verb: name,
        decision: isRefusal(outcome) ? outcome.refused : 'done',
      },
      'a form',
    )
    return refusalOf(outcome)
  } catch (error) {
    deps.log.error({ err: error, ...facts }, 'a form failed')
    return 'Firstpass failed to do this. Look at the card before you try again.'
  }
}

/** An abort is not refused because a gate paused the rollout while the reason was being written. */
function againstOf(verb: RolloutVerb, on: ButtonValue) {
  const { deploymentId, stageIndex, version } = on
  if (verb.verb === 'abort' || verb.verb === 'acknowledge') return { deploymentId }
  return { deploymentId, stageIndex, version }
}

function refusalOf(outcome: object | Refusal): string | null {
  return isRefusal(outcome) ? refusalLine(outcome) : null
}

function readForm(view: ViewOutput): Form | null {
  const carried = readObject(view.private_metadata)
  const on = readValue(typeof carried.on === 'string' ? carried.on : undefined)
  if (!on) return null
  const values = view.state.values
  const written = values[reasonBlock]?.value?.value?.trim() ?? ''
  const choice = abortReasons[Number(values[choiceBlock]?.value?.selected_option?.value ?? Number.NaN)]
  return {
    on,
    channel: typeof carried.channel === 'string' ? carried.channel : undefined,
    why: abortReason(choice, written),
    changes: Array.isArray(carried.changes) ? carried.changes.map(String) : [],
  }
}
