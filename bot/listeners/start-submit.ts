// Submits the start form: carried out while it is open, so that a refusal costs nobody what they wrote.
import type { App, SlackViewMiddlewareArgs, ViewSubmitAction } from '@slack/bolt'
import type { Actor } from '../../server/domain/actor.ts'
import { isRefusal } from '../../server/domain/rollout/commands.ts'
import { type Markup, markup } from '../blocks/markup.ts'
import { modalIds } from '../blocks/reason-modals.ts'
import { startBlocks } from '../blocks/start-fields.ts'
import { outcomeAnswer, refusalLine } from '../commands/answer.ts'
import { type CheckedStart, checkStart, type Faults } from '../forms/check-start.ts'
import { readStartForm, type StartForm } from '../forms/start-form.ts'
import { channelNote, startNotes, verbOf } from '../forms/start-notes.ts'
import { within } from '../within.ts'
import { type Here, here, type ListenerDeps } from './deps.ts'
import { drawn } from './start-refresh.ts'

type Args = SlackViewMiddlewareArgs<ViewSubmitAction>
type Started = { faults: Faults } | { text: Markup }

export function startSubmit(app: App, deps: ListenerDeps): void {
  app.view<ViewSubmitAction>({ callback_id: modalIds.start, type: 'view_submission' }, (args) =>
    submit(here(deps, args.context), args),
  )
}

/** Slack waits three seconds; what is not settled by then is told to the person when it is. */
async function submit(place: Promise<Here>, { ack, body, view }: Args): Promise<void> {
  const form = readStartForm(view)
  if (form.procedureId !== form.drawn.procedureId) return catchUp(place, ack, body, form)
  const to = { user: body.user.id, channel: form.channel ?? undefined }
  const work = place.then((at) => start(at, body, form))
  const timely = await within(2000, work)
  if (timely.inTime && 'faults' in timely.result)
    return ack({ response_action: 'errors', errors: atInputs(timely.result.faults, form) })
  await ack()
  const result = await work
  const { tell } = await place
  if ('text' in result) return tell(to, result.text)
  const said = Object.values(result.faults).join(' ')
  await tell(to, markup`${said}\nYour reason was: ${form.reason}`)
}

/** Submitted before the builds of the procedure that was chosen had come: here they are. */
async function catchUp(
  place: Promise<Here>,
  ack: Args['ack'],
  body: ViewSubmitAction,
  form: StartForm,
): Promise<void> {
  const work = place.then((at) => lookedAt(at, body, form))
  const timely = await within(2000, work)
  if (!timely.inTime)
    return ack({
      response_action: 'errors',
      errors: { [startBlocks.procedure]: 'Its builds are still being looked up. Try again in a moment.' },
    })
  await ack({ response_action: 'update', view: drawn(form, timely.result.checked, timely.result.notes) })
}

async function lookedAt(
  deps: Here,
  body: ViewSubmitAction,
  form: StartForm,
): Promise<{ checked: CheckedStart; notes: Markup[] }> {
  const identified = await deps.people.identify(body.user.id)
  const checked = await checkStart(deps.service, form, deps.now())
  if ('refused' in identified) return { checked, notes: [markup`${identified.refused}`] }
  return { checked, notes: await startNotes(deps, identified.actor, form, checked.procedure) }
}

async function start(deps: Here, body: ViewSubmitAction, form: StartForm): Promise<Started> {
  const verb = verbOf(form)
  const facts = { user: body.user.id, team: body.team?.id, trigger: body.trigger_id, verb }
  const refuse = (block: string, why: string): Started => {
    deps.log.info({ ...facts, decision: 'refused' }, why)
    return { faults: { [block]: why } }
  }
  try {
    const identified = await deps.people.identify(body.user.id)
    if ('refused' in identified) return refuse(startBlocks.procedure, identified.refused)
    if (form.procedureId !== null) {
      const notAllowed = await deps.rights.refusal(identified.actor, verb, form.procedureId)
      if (notAllowed !== null) return refuse(startBlocks.procedure, notAllowed)
    }
    const checked = await checkStart(deps.service, form, deps.now())
    if (checked.input === null) return { faults: checked.faults }
    const outcome = await carriedOut(deps, form, checked.input, identified.actor, body.view.id)
    if (isRefusal(outcome)) return refuse(refusedAt(form, checked), refusalLine(outcome))
    deps.log.info({ ...facts, decision: 'done' }, 'a rollout was started')
    const note = checked.procedure && (await channelNote(deps, checked.procedure))
    const { text } = outcomeAnswer(outcome)
    return { text: note === null ? text : markup`${text}\n${note}` }
  } catch (error) {
    deps.log.error({ err: error, ...facts }, 'a rollout could not be started')
    return refuse(
      startBlocks.procedure,
      'Firstpass failed to start it. See /rollout list before you try again.',
    )
  }
}

/** One form is one rollout, however often it is sent. */
function carriedOut(
  { service }: Here,
  form: StartForm,
  input: NonNullable<CheckedStart['input']>,
  by: Actor,
  viewId: string,
) {
  const commandId = `slack:form:${viewId}`
  return form.replaces === null
    ? service.start(input, by, commandId)
    : service.supersede(form.replaces, input, by, commandId)
}

/** What hours or a freeze refuse, another start time may allow. */
function refusedAt(form: StartForm, { preview }: CheckedStart): string {
  const isClosed = form.startAt !== null || (preview !== null && preview.closedBecause !== null)
  return isClosed ? startBlocks.startAt : startBlocks.deployment(form.procedureId)
}

/** Slack refuses an answer that names a block which the form does not have. */
function atInputs(faults: Faults, { drawn: { inputs, procedureId } }: StartForm): Faults {
  const placed: Faults = {}
  for (const [block, why] of Object.entries(faults)) {
    const others = [block, startBlocks.preset, startBlocks.deployment(procedureId), startBlocks.procedure]
    const at = others.find((each) => inputs.includes(each)) ?? block
    placed[at] = placed[at] === undefined ? why : `${placed[at]} ${why}`
  }
  return placed
}
