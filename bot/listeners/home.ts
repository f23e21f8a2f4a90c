// The Home: drawn when it is opened and after each click on it, for the one who clicked.
import type { AnyMiddlewareArgs, App, BlockButtonAction, RespondFn, ViewSubmitAction } from '@slack/bolt'
import type { RolloutVerb } from '../../server/service.ts'
import { homeIds } from '../blocks/home-buttons.ts'
import { type Markup, markup } from '../blocks/markup.ts'
import { abortModal, acknowledgeModal } from '../blocks/reason-modals.ts'
import { type Click, decideByClick, readClick } from './click.ts'
import { type Here, here, type ListenerDeps } from './deps.ts'
import { openStartModal } from './start-modal.ts'

export function homeListeners(app: App, deps: ListenerDeps): void {
  app.event('app_home_opened', async ({ event, context }) => {
    if (event.tab !== 'home') return
    const at = await here(deps, context)
    await at.homes.open(at, event.user)
  })
  const verbs: Record<string, RolloutVerb> = {
    [homeIds.approve]: { verb: 'approve' },
    [homeIds.advance]: { verb: 'advance', why: null },
    [homeIds.pause]: { verb: 'pause', why: 'paused by the button on the Home' },
    [homeIds.resume]: { verb: 'resume' },
  }
  for (const [actionId, verb] of Object.entries(verbs))
    onButton(app, deps, actionId, (at, body, respond) => decide(at, readClick(body, respond), verb))
  for (const [actionId, form] of [
    [homeIds.abort, abortModal],
    [homeIds.acknowledge, acknowledgeModal],
  ] as const)
    onButton(app, deps, actionId, (at, body, respond) => openForm(at, readClick(body, respond), form))
  onButton(app, deps, homeIds.start, openStart)
  onButton(app, deps, homeIds.direct, setDirect)
  // After all that listens to a form: whoever came to it from their Home finds there what it did.
  app.use(async ({ body, context, next }) => {
    await next()
    if (isSubmission(body)) await returned(await here(deps, context), body.user.id)
  })
}

type Reaction = (at: Here, body: BlockButtonAction, respond: RespondFn) => Promise<void>

function onButton(app: App, deps: ListenerDeps, actionId: string, react: Reaction): void {
  app.action<BlockButtonAction>(
    { type: 'block_actions', action_id: actionId },
    async ({ ack, body, respond, context }) => {
      await ack()
      const at = await here(deps, context)
      try {
        await react(at, body, respond)
      } catch (error) {
        deps.log.error({ err: error, user: body.user.id, action: actionId }, 'a button of the Home failed')
        await show(
          at,
          body.user.id,
          markup`Firstpass failed to do this. Look again before you try once more.`,
        )
      }
    },
  )
}

/** The Home shows the change. Where there is none it says why, on top, until it is drawn again: here is no channel. */
async function decide(at: Here, click: Click | null, verb: RolloutVerb): Promise<void> {
  if (!click) return
  let notice: Markup | null = null
  const tell: Here['tell'] = async (_to, text) => {
    notice = text
  }
  await decideByClick({ ...at, tell }, click, verb)
  await show(at, click.user, notice)
}

/** It opens even when the rollout cannot be read: a reason can be written and the abort be tried. */
async function openForm(at: Here, click: Click | null, form: typeof abortModal): Promise<void> {
  if (!click) return
  const view = await at.service.get(click.on.rolloutId).catch(() => null)
  at.homes.leave(at.teamId, click.user)
  await at.clients.interactive.views.open({ trigger_id: click.triggerId, view: form(view, click.on) })
}

async function openStart(at: Here, body: BlockButtonAction): Promise<void> {
  const user = body.user.id
  at.homes.leave(at.teamId, user)
  await openStartModal(at, { trigger: body.trigger_id, user, channel: null })
}

function isSubmission(body: AnyMiddlewareArgs['body']): body is ViewSubmitAction {
  return 'type' in body && body.type === 'view_submission'
}

async function returned(at: Here, user: string): Promise<void> {
  try {
    await at.homes.back(at, user)
  } catch (error) {
    at.log.warn({ err: error, user }, 'a Home could not be drawn')
  }
}

/** One's own wish: it needs no right beyond that of a member. */
async function setDirect(at: Here, body: BlockButtonAction): Promise<void> {
  const user = body.user.id
  const wish = body.actions[0]?.value
  const identified = await at.people.identify(user)
  if ('actor' in identified && (wish === 'on' || wish === 'off'))
    await at.store.people.setDirect(at.teamId, user, wish === 'on')
  await show(at, user, null)
}

/** What was refused must not be lost because the Home cannot be drawn. */
async function show(at: Here, user: string, notice: Markup | null): Promise<void> {
  try {
    await at.homes.draw(at, user, { notice })
  } catch (error) {
    at.log.warn({ err: error, user }, 'a Home could not be drawn')
    if (notice !== null) await at.tell({ user }, notice)
  }
}
