// The buttons that decide at once (advance when ready, pause, resume, approve) and those that open a form for a reason.
import type { App, BlockButtonAction } from '@slack/bolt'
import type { RolloutView } from '../../server/domain/rollout-view.ts'
import type { RolloutVerb } from '../../server/service.ts'
import { buttonIds } from '../blocks/card-buttons.ts'
import { markup } from '../blocks/markup.ts'
import { abortModal, acceptModal, acknowledgeModal, overrideModal } from '../blocks/reason-modals.ts'
import { askedAnswer, usualPairs } from '../commands/retest.ts'
import { byClick, type Click, decideByClick, drawNow, readClick } from './click.ts'
import { type Here, here, type ListenerDeps } from './deps.ts'
import { openStartModal } from './start-modal.ts'

type Reaction = (deps: Here, click: Click) => Promise<void>

export function cardButtons(app: App, deps: ListenerDeps): void {
  const reactions: Record<string, Reaction> = {
    [buttonIds.approve]: (at, click) => decideByClick(at, click, { verb: 'approve' }),
    [buttonIds.pause]: (at, click) => decideByClick(at, click, pause),
    [buttonIds.resume]: (at, click) => decideByClick(at, click, { verb: 'resume' }),
    [buttonIds.advance]: advance,
    [buttonIds.abort]: (at, click) => openWith(at, click, abortModal),
    [buttonIds.acknowledge]: (at, click) => openWith(at, click, acknowledgeModal),
    [buttonIds.accept]: (at, click) => openWith(at, click, acceptModal),
    [buttonIds.retest]: askRetests,
    [buttonIds.supersede]: openSupersede,
  }
  for (const [actionId, react] of Object.entries(reactions)) listen(app, deps, actionId, react)
}

const pause: RolloutVerb = { verb: 'pause', why: 'paused by the button on the card' }

function listen(app: App, deps: ListenerDeps, actionId: string, react: Reaction): void {
  app.action<BlockButtonAction>(
    { type: 'block_actions', action_id: actionId },
    async ({ ack, body, respond, context }) => {
      await ack()
      const click = readClick(body, respond)
      if (!click) return
      const at = await here(deps, context)
      try {
        await react(at, click)
      } catch (error) {
        deps.log.error({ err: error, user: click.user, action: actionId }, 'a button of a card failed')
        await at.tell(
          click.to,
          markup`Firstpass failed to do this. Look at the card before you try again, or type \`/rollout ${actionId}\`.`,
        )
      }
    },
  )
}

/** Ready: it advances. Not ready: a form names what is missing. Drawn against an older state: the service says who moved it. */
async function advance(deps: Here, click: Click): Promise<void> {
  const view = await deps.service.get(click.on.rolloutId)
  const unmet = view?.readiness.items.some((item) => !item.met) ?? false
  if (view && !isStale(click, view) && unmet)
    return open(deps, click, overrideModal(view, click.on, click.to.channel))
  return decideByClick(deps, click, { verb: 'advance', why: null })
}

async function askRetests(deps: Here, click: Click): Promise<void> {
  const view = await deps.service.get(click.on.rolloutId)
  if (!view) return deps.tell(click.to, markup`There is no such rollout any more. See \`/rollout list\`.`)
  await byClick(deps, click, ['retest'], (by) =>
    askedAnswer(deps.service, view, { count: usualPairs }, by, click.commandId),
  )
}

/** The form asks for the right itself, like any start; a rollout that ended meanwhile is refused on submission. */
async function openSupersede(deps: Here, { on, triggerId, user, to }: Click): Promise<void> {
  const procedureId = (await deps.service.procedureOf(on.rolloutId))?.id
  await openStartModal(
    deps,
    { trigger: triggerId, user, channel: to.channel ?? null },
    {
      supersedes: on.rolloutId,
      ...(procedureId === undefined ? {} : { procedureId }),
      ...(on.next === undefined ? {} : { deploymentId: on.next }),
    },
  )
}

function isStale({ on }: Click, view: RolloutView): boolean {
  const isLive = view.status === 'active' || view.status === 'paused'
  return (
    !isLive ||
    view.version !== on.version ||
    view.stageIndex !== on.stageIndex ||
    view.deployment.id !== on.deploymentId
  )
}

type ModalBuilder = typeof abortModal

/** The form opens even when the rollout cannot be read: a reason can be written and the abort be tried. */
async function openWith(deps: Here, click: Click, build: ModalBuilder): Promise<void> {
  const view = await deps.service.get(click.on.rolloutId).catch(() => null)
  await open(deps, click, build(view, click.on, click.to.channel))
  if (view && isStale(click, view)) await drawNow(deps, click.on)
}

async function open(deps: Here, click: Click, view: ReturnType<ModalBuilder>): Promise<void> {
  await deps.clients.interactive.views.open({ trigger_id: click.triggerId, view })
}
