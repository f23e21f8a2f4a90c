// The form that asks why an alarm of stations is acknowledged. Which message it is about travels in its metadata.
import type { ModalView } from '@slack/types'
import type { AlarmView } from '../../server/domain/station-alarms/alarm.ts'
import { type AlarmsValue, alarmsValue } from '../alarms-value.ts'
import { alarmLine } from './alarm-words.ts'
import { join, markup, shortened } from './markup.ts'
import { modalIds, reasonModal } from './reason-modals.ts'

/** @param open those of the message that are still open. */
export function alarmModal(open: AlarmView[], on: AlarmsValue, channel?: string): ModalView {
  const lines = open.slice(0, 6).map((alarm) => shortened(markup`• ${alarmLine(alarm)}`, 350))
  const more = open.length - lines.length
  return reasonModal({
    id: modalIds.alarms,
    title: 'Acknowledge an alarm',
    submit: 'Acknowledge',
    intro: join(
      [
        ...lines,
        ...(more > 0 ? [markup`and ${more} more`] : []),
        markup`The same facts are not told again; new ones are.`,
      ],
      '\n',
    ),
    label: 'What is known of it?',
    optional: false,
    metadata: JSON.stringify({ on: alarmsValue(on), channel: channel ?? null }),
  })
}
