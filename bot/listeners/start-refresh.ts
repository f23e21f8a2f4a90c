// Draws the start form anew when something was chosen in it; what was typed stays.
import type { App, BlockAction, BlockElementAction } from '@slack/bolt'
import { stationId } from '../../server/domain/ids.ts'
import { type Markup, markup } from '../blocks/markup.ts'
import { refreshing, startActions } from '../blocks/start-fields.ts'
import { refusedModal, startModal } from '../blocks/start-modal.ts'
import { startSummary } from '../blocks/start-summary.ts'
import { oneAtATime } from '../deliveries/one-at-a-time.ts'
import { type CheckedStart, checkStart } from '../forms/check-start.ts'
import { readStartForm, type StartForm } from '../forms/start-form.ts'
import { startNotes } from '../forms/start-notes.ts'
import { type Here, here, type ListenerDeps } from './deps.ts'
import { drawOver } from './start-view.ts'

type Body = BlockAction<BlockElementAction>

export function startRefresh(app: App, deps: ListenerDeps): void {
  const inTurn = oneAtATime()
  const newest = new Map<string, Body>()

  for (const action_id of refreshing)
    app.action<Body>({ type: 'block_actions', action_id }, async ({ ack, body, context }) => {
      await ack()
      const at = await here(deps, context)
      const { view } = body
      if (!view) return
      newest.set(view.id, body)
      const isNewest = () => newest.get(view.id) === body
      try {
        await inTurn(view.id, () => refresh(at, body, isNewest))
      } finally {
        if (isNewest()) newest.delete(view.id)
      }
    })
}

/**
 * Without the view's hash: two choices in a row both carry the hash of before, and Slack would refuse the second, newer
 * one. Which of two is newer is known here.
 */
async function refresh(deps: Here, body: Body, isNewest: () => boolean): Promise<void> {
  const { view, user, actions } = body
  const [action] = actions
  if (!view) return
  // A button is for once; of choices the last one counts, and its view holds them all.
  if (action?.type !== 'button' && !isNewest()) return
  const identified = await deps.people.identify(user.id)
  if ('refused' in identified) return drawOver(deps, view.id, refusedModal(markup`${identified.refused}`))
  const form = changed(readStartForm(view), action)
  const checked = await checkStart(deps.service, form, deps.now())
  const notes = await startNotes(deps, identified.actor, form, checked.procedure)
  if (action?.type !== 'button' && !isNewest()) return
  await drawOver(deps, view.id, drawn(form, checked, notes))
}

export function drawn(form: StartForm, checked: CheckedStart, notes: Markup[]) {
  return startModal(withNames(form, checked), checked, startSummary(form, checked, notes))
}

/** What the form's own buttons do to it. */
function changed(form: StartForm, action: BlockElementAction | undefined): StartForm {
  if (action?.type !== 'button') return form
  const more = { ...form.drawn, more: true }
  if (action.action_id !== startActions.suggested) return { ...form, drawn: more }
  const picked = (action.value ?? '').split(',').flatMap((text) => {
    const id = stationId.safeParse(text)
    return id.success ? [{ id: id.data, name: id.data }] : []
  })
  return { ...form, picked, drawn: { ...more, picks: form.drawn.picks + 1 } }
}

/** A button carries ids; the plan's stations have names. */
function withNames(form: StartForm, { preview }: CheckedStart): StartForm {
  const names = new Map(preview?.stages.at(-1)?.stations.map((station) => [station.id, station]))
  return {
    ...form,
    picked: form.picked.map((each) => {
      const station = names.get(each.id)
      return station ? { id: each.id, name: `${station.name} (${station.site}, ${station.line})` } : each
    }),
  }
}
