// The buttons of a new build's card: they open the start form, filled with the build.
import type { App, BlockButtonAction } from '@slack/bolt'
import { deploymentId, procedureId, rolloutId } from '../../server/domain/ids.ts'
import { buildIds } from '../blocks/build-card.ts'
import { markup } from '../blocks/markup.ts'
import { readObject } from '../button-value.ts'
import { here, type ListenerDeps } from './deps.ts'
import { openStartModal, type StartPrefill } from './start-modal.ts'

export function buildCardButtons(app: App, deps: ListenerDeps): void {
  for (const action_id of Object.values(buildIds))
    app.action<BlockButtonAction>(
      { type: 'block_actions', action_id },
      async ({ ack, body, respond, context }) => {
        await ack()
        const at = await here(deps, context)
        const prefill = prefillOf(body.actions[0]?.value)
        if (prefill === null) return
        const from = { trigger: body.trigger_id, user: body.user.id, channel: body.channel?.id ?? null }
        try {
          await openStartModal(at, from, prefill)
        } catch (error) {
          deps.log.error({ err: error, user: from.user }, 'the start form did not open')
          await at.tell(
            { user: from.user, channel: body.channel?.id, respond },
            markup`The form did not open. Try again, or type \`/rollout start\`.`,
          )
        }
      },
    )
}

/** Ids only: anyone could have made them up, and the form looks each of them up. */
function prefillOf(value: string | undefined): StartPrefill | null {
  const fields = readObject(value)
  const procedure = procedureId.safeParse(fields.p)
  const build = deploymentId.safeParse(fields.d)
  if (!procedure.success || !build.success) return null
  const live = rolloutId.safeParse(fields.r)
  return {
    procedureId: procedure.data,
    deploymentId: build.data,
    ...(live.success ? { supersedes: live.data } : {}),
  }
}
