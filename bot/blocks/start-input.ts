// An input of the start form. It tells the app at once when what it holds changes what the form says of the plan.
import type { InputBlock } from '@slack/types'
import { plain } from './build.ts'
import { refreshing } from './start-fields.ts'

export function input(
  blockId: string,
  label: string,
  rest: Pick<InputBlock, 'element'> & Partial<Pick<InputBlock, 'optional' | 'hint'>>,
): InputBlock {
  const dispatches = refreshing.includes(rest.element.action_id ?? '')
  return {
    type: 'input',
    block_id: blockId,
    label: plain(label, 100),
    ...(dispatches ? { dispatch_action: true } : {}),
    ...rest,
  }
}
