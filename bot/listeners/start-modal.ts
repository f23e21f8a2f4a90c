// The form of /rollout start: opened before any slow work, previewed as it is filled in, started on submission.
import type {
  App,
  BlockAction,
  BlockElementAction,
  SlackViewMiddlewareArgs,
  ViewSubmitAction,
} from '@slack/bolt'
import type { DeploymentId, ProcedureId, RolloutId } from '../../server/domain/ids.ts'
import { isRefusal } from '../../server/domain/rollout/commands.ts'
import { type Markup, markup } from '../blocks/markup.ts'
import { previewText } from '../blocks/preview.ts'
import { modalIds } from '../blocks/reason-modals.ts'
import {
  deploymentBlock,
  noPreview,
  refusedModal,
  startActions,
  startBlocks,
  startModal,
} from '../blocks/start-modal.ts'
import { outcomeAnswer, refusalLine } from '../commands/answer.ts'
import { slackFailure } from '../slack-failure.ts'
import { type Faults, planForm, readStartForm, type StartForm, startInput } from '../start-form.ts'
import { within } from '../within.ts'
import { type Here, here, type ListenerDeps } from './deps.ts'

export type StartFrom = { trigger: string; user: string; channel: string | null }
export type StartPrefill = {
  procedureId?: ProcedureId
  deploymentId?: DeploymentId
  reason?: string
  supersedes?: RolloutId
}
type Started = { faults: Faults } | { text: Markup }

/** The trigger lives three seconds: the form opens first, who may use it is asked while it is being read. */
export async function openStartModal(deps: Here, from: StartFrom, prefill: StartPrefill = {}): Promise<void> {
  const client = deps.clients.interactive
  const chosen = prefill.procedureId === undefined ? null : await deps.service.procedure(prefill.procedureId)
  const procedure = chosen && { id: chosen.id, name: chosen.name }
  const view = startModal({ channel: from.channel, procedure, preview: noPreview })
  const opened = await client.views.open({ trigger_id: from.trigger, view })
  const identified = await deps.people.identify(from.user)
  if ('refused' in identified && opened.view?.id)
    await client.views.update({ view_id: opened.view.id, view: refusedModal(markup`${identified.refused}`) })
}

export function startModalListeners(app: App, deps: ListenerDeps): void {
  const refreshing = [
    startActions.procedure,
    startActions.deployment,
    startActions.preset,
    startActions.stages,
    startActions.group,
  ]
  for (const action_id of refreshing)
    app.action<BlockAction<BlockElementAction>>(
      { type: 'block_actions', action_id },
      async ({ ack, body, context }) => {
        await ack()
        await refresh(await here(deps, context), body)
      },
    )
  app.view<ViewSubmitAction>({ callback_id: modalIds.start, type: 'view_submission' }, (args) =>
    here(deps, args.context).then((at) => submit(at, args)),
  )
}

/** A newer refresh wins: Slack refuses this one by its hash, and that is right. */
async function refresh(deps: Here, body: BlockAction<BlockElementAction>): Promise<void> {
  if (!body.view) return
  const form = readStartForm(body.view)
  const identified = await deps.people.identify(body.user.id)
  const preview = 'refused' in identified ? markup`${identified.refused}` : await previewOf(deps, form)
  const found = form.procedureId === null ? null : await deps.service.procedure(form.procedureId)
  const procedure = found ? { id: found.id, name: found.name } : null
  try {
    await deps.clients.interactive.views.update({
      view_id: body.view.id,
      hash: body.view.hash,
      view: startModal({ channel: form.channel, procedure, preview }),
    })
  } catch (error) {
    if (slackFailure(error).why !== 'hash_conflict') throw error
  }
}

async function previewOf(deps: Here, form: StartForm): Promise<Markup> {
  if (form.procedureId === null) return noPreview
  const planned = await planForm(deps.service, form)
  return 'faults' in planned
    ? markup`${Object.values(planned.faults).join(' ')}`
    : previewText(planned.preview)
}

async function submit(
  deps: Here,
  { ack, body, view }: SlackViewMiddlewareArgs<ViewSubmitAction>,
): Promise<void> {
  const form = readStartForm(view)
  const to = { user: body.user.id, channel: form.channel ?? undefined }
  const work = start(deps, body, form)
  const timely = await within(2000, work)
  if (timely.inTime && 'faults' in timely.result)
    return ack({ response_action: 'errors', errors: timely.result.faults })
  await ack()
  const result = await work
  if ('text' in result) return deps.tell(to, result.text)
  const said = Object.values(result.faults).join(' ')
  await deps.tell(to, markup`${said}\nYour reason was: ${form.reason}`)
}

async function start(deps: Here, body: ViewSubmitAction, form: StartForm): Promise<Started> {
  const facts = { user: body.user.id, team: body.team?.id, trigger: body.trigger_id, verb: 'start' }
  const refuse = (block: string, why: string): Started => {
    deps.log.info({ ...facts, decision: 'refused' }, why)
    return { faults: { [block]: why } }
  }
  try {
    const identified = await deps.people.identify(body.user.id)
    if ('refused' in identified) return refuse(startBlocks.procedure, identified.refused)
    const input = await startInput(deps.service, form)
    if ('faults' in input) return input
    const outcome = await deps.service.start(input, identified.actor, `slack:${body.trigger_id}`)
    if (isRefusal(outcome)) return refuse(deploymentBlock(input.procedureId), refusalLine(outcome))
    deps.log.info({ ...facts, decision: 'done' }, 'a rollout was started')
    return { text: outcomeAnswer(outcome).text }
  } catch (error) {
    deps.log.error({ err: error, ...facts }, 'a rollout could not be started')
    return refuse(
      startBlocks.procedure,
      'Firstpass failed to start it. See /rollout list before you try again.',
    )
  }
}
