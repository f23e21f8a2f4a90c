// Forms with a reason: carried out while the form is open, so that a refusal costs nobody what they wrote.
import type { App, SlackViewMiddlewareArgs, ViewOutput, ViewSubmitAction } from '@slack/bolt'
import { isRefusal } from '../../server/domain/rollout/commands.ts'
import type { Outcome, RolloutVerb } from '../../server/service.ts'
import { markup } from '../blocks/markup.ts'
import { abortChoices, choiceBlock, modalIds, reasonBlock } from '../blocks/reason-modals.ts'
import { type ButtonValue, readObject, readValue } from '../button-value.ts'
import { refusalLine } from '../commands/answer.ts'
import { within } from '../within.ts'
import { allowedBy, drawNow, rightsFor } from './click.ts'
import { type Here, here, type ListenerDeps } from './deps.ts'

type Form = { on: ButtonValue; channel: string | undefined; why: string }
type Args = SlackViewMiddlewareArgs<ViewSubmitAction>

export function reasonModals(app: App, deps: ListenerDeps): void {
  const verbs: Record<string, (form: Form) => RolloutVerb | null> = {
    [modalIds.abort]: ({ why }) => ({ verb: 'abort', why }),
    [modalIds.override]: ({ why }) => ({ verb: 'advance', why, override: true }),
    [modalIds.acknowledge]: ({ on, why }) =>
      on.gate === undefined ? null : { verb: 'acknowledge', gate: on.gate, why },
  }
  for (const [id, verbOf] of Object.entries(verbs))
    app.view<ViewSubmitAction>(
      { callback_id: id, type: 'view_submission' },
      async ({ ack, view, body, context }) => {
        const form = readForm(view)
        const verb = form && verbOf(form)
        if (!form || !verb) return ack()
        await submit(await here(deps, context), { ack, body }, form, verb)
      },
    )
}

/** Slack waits three seconds; what is not settled by then is told to the person when it is. */
async function submit(
  deps: Here,
  { ack, body }: Pick<Args, 'ack' | 'body'>,
  form: Form,
  verb: RolloutVerb,
): Promise<void> {
  const work = carryOut(deps, body, form, verb)
  const timely = await within(2000, work)
  if (timely.inTime) {
    await ack(
      timely.result === null
        ? undefined
        : { response_action: 'errors', errors: { [reasonBlock]: timely.result } },
    )
  } else {
    await ack()
    const refused = await work
    if (refused !== null)
      await deps.tell(
        { user: body.user.id, channel: form.channel },
        markup`${refused}\nYour reason was: ${form.why}`,
      )
  }
  await drawNow(deps, form.on)
}

/** Null when done, else why not. */
async function carryOut(
  deps: Here,
  body: ViewSubmitAction,
  form: Form,
  verb: RolloutVerb,
): Promise<string | null> {
  const { on } = form
  const facts = { user: body.user.id, team: body.team?.id, trigger: body.trigger_id, rollout: on.rolloutId }
  try {
    const allowed = await allowedBy(deps, body.user.id, rightsFor(verb), on)
    if ('refused' in allowed) {
      deps.log.info({ ...facts, verb: verb.verb, decision: 'refused' }, allowed.refused.plain)
      return allowed.refused.plain
    }
    const outcome = await deps.service.command(
      on.rolloutId,
      verb,
      allowed.actor,
      againstOf(verb, on),
      `slack:${body.trigger_id}`,
    )
    deps.log.info(
      { ...facts, verb: verb.verb, decision: 'refused' in outcome ? outcome.refused : 'done' },
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

function refusalOf(outcome: Outcome): string | null {
  return isRefusal(outcome) ? refusalLine(outcome) : null
}

function readForm(view: ViewOutput): Form | null {
  const carried = readObject(view.private_metadata)
  const on = readValue(typeof carried.on === 'string' ? carried.on : undefined)
  if (!on) return null
  const values = view.state.values
  const written = values[reasonBlock]?.value?.value?.trim() ?? ''
  const choice = abortChoices[Number(values[choiceBlock]?.value?.selected_option?.value ?? Number.NaN)]
  return {
    on,
    channel: typeof carried.channel === 'string' ? carried.channel : undefined,
    why: reasonOf(choice, written),
  }
}

/** Own words replace the choice that was made beforehand, and explain one that was made by hand. */
function reasonOf(choice: string | undefined, written: string): string {
  if (choice === undefined || written === '') return choice ?? written
  return choice === abortChoices[0] ? written : `${choice}: ${written}`
}
