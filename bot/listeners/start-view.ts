// Draws over a start form that is open. One that was closed meanwhile, or has moved on, needs nothing.
import type { ModalView } from '@slack/types'
import { slackFailure } from '../connection/slack-failure.ts'
import type { Here } from './deps.ts'

/** `hash`: only if it is still as Slack gave it with this hash. */
export async function drawOver(deps: Here, viewId: string, view: ModalView, hash?: string): Promise<void> {
  try {
    await deps.clients.interactive.views.update({
      view_id: viewId,
      ...(hash === undefined ? {} : { hash }),
      view,
    })
  } catch (error) {
    const { why } = slackFailure(error)
    if (why !== 'hash_conflict' && why !== 'not_found') throw error
    deps.log.debug({ view: viewId, why }, 'a start form is not there any more as it was')
  }
}
