// The button of an alarm's message, and the form with the reason that it opens.
import type { App, BlockButtonAction, ViewSubmitAction } from '@slack/bolt'
import { isRefusal } from '../../server/domain/rollout/commands.ts'
import { type AlarmsValue, readAlarmsValue } from '../alarms-value.ts'
import { alarmIds } from '../blocks/alarm-message.ts'
import { alarmModal } from '../blocks/alarm-modal.ts'
import { markup } from '../blocks/markup.ts'
import { modalIds, reasonBlock } from '../blocks/reason-modals.ts'
import { readObject } from '../button-value.ts'
import { refusalLine } from '../commands/answer.ts'
import { answerForm } from './answer-form.ts'
import { type Here, here, type ListenerDeps } from './deps.ts'

export function alarmButtons(app: App, deps: ListenerDeps): void {
  app.action<BlockButtonAction>(
    { type: 'block_actions', action_id: alarmIds.acknowledge },
    async ({ ack, body, respond, context }) => {
      await ack()
      const on = readAlarmsValue(body.actions[0]?.value)
      if (on === null) return
      const at = await here(deps, context)
      const to = { user: body.user.id, channel: body.channel?.id, respond }
      try {
        const open = await openOnes(at, on)
        if (open.length === 0) return at.tell(to, markup`Nothing of this alarm is open any more.`)
        const view = alarmModal(open, on, to.channel)
        await at.clients.interactive.views.open({ trigger_id: body.trigger_id, view })
      } catch (error) {
        deps.log.error({ err: error, user: to.user }, 'the form of an alarm did not open')
        await at.tell(to, markup`The form did not open. Try again in a moment.`)
      }
    },
  )
  app.view<ViewSubmitAction>(
    { callback_id: modalIds.alarms, type: 'view_submission' },
    async ({ ack, view, body, context }) => {
      const carried = readObject(view.private_metadata)
      const on = readAlarmsValue(typeof carried.on === 'string' ? carried.on : undefined)
      if (on === null) return ack()
      const place = here(deps, context)
      const why = view.state.values[reasonBlock]?.value?.value?.trim() ?? ''
      const channel = typeof carried.channel === 'string' ? carried.channel : undefined
      await answerForm(ack, {
        work: place.then((at) => acknowledge(at, body.user.id, on, why)),
        block: reasonBlock,
        tell: async (refused) =>
          (await place).tell({ user: body.user.id, channel }, markup`${refused}\nYour reason was: ${why}`),
      })
    },
  )
}

/** Null when done, else why not. */
async function acknowledge(at: Here, user: string, on: AlarmsValue, why: string): Promise<string | null> {
  try {
    const identified = await at.people.identify(user, false)
    if ('refused' in identified) return identified.refused
    const refused = await at.rights.refusal(identified.actor, 'acknowledge', on.procedureId)
    if (refused !== null) return refused
    const open = await openOnes(at, on)
    if (open.length === 0) return 'Nothing of this alarm is open any more.'
    const ids = open.map(({ id }) => id)
    const done = await at.service.acknowledgeAlarms(ids, why, identified.actor)
    at.log.info({ user, alarms: ids, decision: isRefusal(done) ? done.refused : 'done' }, 'an alarm')
    return isRefusal(done) ? refusalLine(done) : null
  } catch (error) {
    at.log.error({ err: error, user }, 'an alarm could not be acknowledged')
    return 'Firstpass failed to do this. Try again in a moment.'
  }
}

function openOnes({ service }: Here, { procedureId, kind, openedAt }: AlarmsValue) {
  return service.stationAlarms({ procedureId, open: true, group: { kind, openedAt }, limit: 1000 })
}
