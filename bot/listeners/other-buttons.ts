// Acknowledges every button that no other listener answers: link buttons, and those of cards drawn long ago.
import type { App } from '@slack/bolt'
import { alarmIds } from '../blocks/alarm-message.ts'
import { buildIds } from '../blocks/build-card.ts'
import { buttonIds } from '../blocks/card-buttons.ts'
import { homeIds } from '../blocks/home-buttons.ts'
import { refreshing } from '../blocks/start-fields.ts'

export function otherButtons(app: App): void {
  const answered = [
    ...Object.values(buttonIds),
    ...refreshing,
    ...Object.values(buildIds),
    ...Object.values(homeIds),
    ...Object.values(alarmIds),
  ]
  const others = new RegExp(`^(?!(?:${answered.join('|')})$)`)
  app.action({ type: 'block_actions', action_id: others }, async ({ ack }) => ack())
}
