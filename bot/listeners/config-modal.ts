// The form of /rollout config: opened at once, and filled when it is known who asks.
import type { App } from '@slack/bolt'
import type { ProcedureId } from '../../server/domain/ids.ts'
import { plain } from '../blocks/build.ts'
import { configModal, loadingModal, settingsModal } from '../blocks/config-modal.ts'
import { markup } from '../blocks/markup.ts'
import { refusedModal } from '../blocks/start-modal.ts'
import { groupAction } from '../forms/config-form.ts'
import { settingsOf } from '../forms/settings.ts'
import { type Here, here, type ListenerDeps } from './deps.ts'

type From = { trigger: string; user: string; channel: string | null }

const mostOptions = 100

/** The trigger lives three seconds, and who asks is asked of Slack: a form to wait in comes first. */
export async function openConfigModal(
  deps: Here,
  from: From,
  procedureId: ProcedureId | null,
): Promise<void> {
  const client = deps.clients.interactive
  const opened = await client.views.open({ trigger_id: from.trigger, view: loadingModal() })
  if (opened.view?.id === undefined) return
  await client.views.update({ view_id: opened.view.id, view: await viewFor(deps, from, procedureId) })
}

async function viewFor(deps: Here, { user, channel }: From, procedureId: ProcedureId | null) {
  const identified = await deps.people.identify(user)
  if ('refused' in identified) return refusedModal(markup`${identified.refused}`)
  const settings = await settingsOf(deps, procedureId ?? 'organisation')
  if (settings === null) return refusedModal(markup`There is no such procedure any more.`)
  const notAllowed = await deps.rights.refused(identified.actor, 'config', procedureId)
  return notAllowed ? settingsModal(settings, notAllowed.text) : configModal(settings, channel)
}

/** The menus of user groups, filled while somebody types. */
export function configOptions(app: App, deps: ListenerDeps): void {
  app.options<'block_suggestion'>(
    { type: 'block_suggestion', action_id: groupAction },
    async ({ ack, body, context }) => {
      const { people, rights } = await here(deps, context)
      const mayLook = 'actor' in (await people.identify(body.user.id))
      const wanted = body.value.toLowerCase().replace(/^@/, '')
      const groups = mayLook ? ((await rights.groups.all()) ?? []) : []
      const found = groups.filter(({ handle, name }) => `${handle} ${name}`.toLowerCase().includes(wanted))
      await ack({
        options: found.slice(0, mostOptions).map(({ id, handle, name }) => ({
          text: plain(`@${handle}`, 75),
          value: id,
          description: plain(name, 75),
        })),
      })
    },
  )
}
