// Blocks as an app writes them.
import type { KnownBlock, ModalView } from '@slack/types'

export const plain = (text: string) => ({ type: 'plain_text' as const, text })
export const mrkdwn = (text: string) => ({ type: 'mrkdwn' as const, text })

export const button = (action_id: string, text = action_id) => ({
  type: 'button' as const,
  action_id,
  text: plain(text),
  value: `value of ${action_id}`,
})

export const card = (...actionIds: string[]): KnownBlock[] => [
  { type: 'header', text: plain('PCBA-FCT 2.4.1, stage 2 of 4') },
  { type: 'section', fields: [mrkdwn('*Canary*\n12 stations'), mrkdwn('*Base*\n108 stations')] },
  { type: 'context', elements: [mrkdwn('Started by <@U0TESTENG1>')] },
  ...(actionIds.length > 0
    ? [{ type: 'actions' as const, block_id: 'decide', elements: actionIds.map((id) => button(id)) }]
    : []),
]

export const options = (...values: string[]) =>
  values.map((value) => ({ text: plain(`Option ${value}`), value }))

export const modal = (blocks: KnownBlock[], part: Partial<ModalView> = {}): ModalView => ({
  type: 'modal',
  callback_id: 'start',
  title: plain('Start a rollout'),
  submit: plain('Start'),
  blocks,
  ...part,
})

export const reasonInput: KnownBlock = {
  type: 'input',
  block_id: 'reason',
  label: plain('Reason'),
  element: { type: 'plain_text_input', action_id: 'text', min_length: 5 },
}
