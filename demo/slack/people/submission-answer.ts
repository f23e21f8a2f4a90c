// What an app's answer to a view_submission does to the modal: close, errors, update, push, clear.
import { z } from 'zod'
import type { Outcome } from '../app/outcome.ts'
import { checkView } from '../blocks/check-view.ts'
import type { StoredView } from '../state/views.ts'
import type { World } from '../state/world.ts'

const responseAction = z.discriminatedUnion('response_action', [
  z.object({ response_action: z.literal('clear') }),
  z.object({ response_action: z.literal('errors'), errors: z.record(z.string(), z.string().min(1)) }),
  z.object({ response_action: z.literal('update'), view: z.unknown() }),
  z.object({ response_action: z.literal('push'), view: z.unknown() }),
])

type Acknowledged = Extract<Outcome, { ok: true }>

export function submissionAnswer(view: StoredView, ended: Acknowledged, world: World): Outcome {
  if (isEmpty(ended.body)) {
    world.views.close(view)
    return ended
  }
  const parsed = responseAction.safeParse(ended.body)
  if (!parsed.success) return unusable('its answer is no response_action')
  const action = parsed.data
  switch (action.response_action) {
    case 'clear':
      world.views.closeAll(view.user)
      return ended
    case 'errors': {
      const inputs = view.blocks.filter((block) => block.type === 'input').map((block) => block.block_id)
      const strays = Object.keys(action.errors).filter((id) => !inputs.includes(id))
      if (strays.length > 0)
        return unusable(`its errors name blocks that are no inputs: ${strays.join(', ')}`)
      world.views.change(view.id, { errors: action.errors })
      return ended
    }
    case 'update':
    case 'push': {
      const checked = checkView(action.view)
      if ('error' in checked) return unusable([checked.error, ...checked.faults].join('; '))
      if (checked.view.type !== 'modal') return unusable('its view is no modal')
      if (action.response_action === 'update') {
        const current = world.views.find(view.id)
        if (current) world.views.update(current, checked.view)
        return ended
      }
      const pushed = world.views.push(view.user, checked.view)
      return 'error' in pushed ? unusable(pushed.error) : ended
    }
  }

  function unusable(why: string): Outcome {
    world.views.change(view.id, { notice: 'We had some trouble connecting. Try again?' })
    return { ok: false, error: 'dispatch_failed', says: `the app acknowledged the submission, but ${why}` }
  }
}

function isEmpty(body: unknown): boolean {
  if (body === undefined || body === null || body === '') return true
  return typeof body === 'object' && Object.keys(body).length === 0
}
