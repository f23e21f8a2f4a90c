// The button that signs a containment list off, and the form with the note that it opens.
import type { App, BlockButtonAction, ViewSubmitAction } from '@slack/bolt'
import type { RolloutId } from '../../server/domain/ids.ts'
import { isRefusal } from '../../server/domain/rollout/commands.ts'
import { containmentIds } from '../blocks/containment-message.ts'
import { containmentModal } from '../blocks/containment-modal.ts'
import { markup } from '../blocks/markup.ts'
import { modalIds, reasonBlock } from '../blocks/reason-modals.ts'
import { readObject } from '../button-value.ts'
import { refusalLine } from '../commands/answer.ts'
import { readContainmentValue } from '../containment-value.ts'
import { answerForm } from './answer-form.ts'
import { type Here, here, type ListenerDeps } from './deps.ts'

type Signed = { id: RolloutId; note: string; digest: string | null }

export function containmentButtons(app: App, deps: ListenerDeps): void {
  app.action<BlockButtonAction>(
    { type: 'block_actions', action_id: containmentIds.signOff },
    async ({ ack, body, respond, context }) => {
      await ack()
      const id = readContainmentValue(body.actions[0]?.value)
      if (id === null) return
      const at = await here(deps, context)
      const to = { user: body.user.id, channel: body.channel?.id, respond }
      try {
        const list = await at.service.containment(id)
        if (list === null || (list.state !== 'open' && list.state !== 'changed'))
          return at.tell(to, markup`This list asks for nothing any more.`)
        const view = containmentModal(list, to.channel)
        await at.clients.interactive.views.open({ trigger_id: body.trigger_id, view })
      } catch (error) {
        deps.log.error({ err: error, user: to.user }, 'the form of a containment list did not open')
        await at.tell(to, markup`The form did not open. Try again in a moment.`)
      }
    },
  )
  app.view<ViewSubmitAction>(
    { callback_id: modalIds.containment, type: 'view_submission' },
    async ({ ack, view, body, context }) => {
      const carried = readObject(view.private_metadata)
      const text = (value: unknown) => (typeof value === 'string' ? value : undefined)
      const id = readContainmentValue(text(carried.on))
      if (id === null) return ack()
      const place = here(deps, context)
      const note = view.state.values[reasonBlock]?.value?.value?.trim() ?? ''
      const to = { user: body.user.id, channel: text(carried.channel) }
      await answerForm(ack, {
        work: place.then((at) =>
          signOff(at, body.user.id, { id, note, digest: text(carried.digest) ?? null }),
        ),
        block: reasonBlock,
        tell: async (refused) => (await place).tell(to, markup`${refused}\nYour note was: ${note}`),
      })
    },
  )
}

/** Null when done, else why not. */
async function signOff(at: Here, user: string, { id, note, digest }: Signed): Promise<string | null> {
  try {
    const identified = await at.people.identify(user, false)
    if ('refused' in identified) return identified.refused
    const procedureId = (await at.service.procedureOf(id))?.id
    if (procedureId === undefined) return 'There is no such rollout any more.'
    const refused = await at.rights.refusal(identified.actor, 'acknowledge', procedureId)
    if (refused !== null) return refused
    const done = await at.service.signOffContainment(id, { note, digest }, identified.actor)
    const decision = isRefusal(done) ? done.refused : 'done'
    at.log.info({ user, rollout: id, decision }, 'a containment list')
    return isRefusal(done) ? refusalLine(done) : null
  } catch (error) {
    at.log.error({ err: error, user }, 'a containment list could not be signed off')
    return 'Firstpass failed to do this. Try again in a moment.'
  }
}
