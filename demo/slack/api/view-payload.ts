// A view as views.* answers and interaction payloads show it.
import { stateValues } from '../blocks/input-state.ts'
import type { Team } from '../state/team.ts'
import type { StoredView } from '../state/views.ts'

export function viewPayload(view: StoredView, team: Team) {
  return {
    id: view.id,
    team_id: team.teamId,
    type: view.type,
    blocks: view.blocks,
    private_metadata: view.private_metadata ?? '',
    callback_id: view.callback_id ?? '',
    state: { values: stateValues(view.blocks, view.values) },
    hash: view.hash,
    title: view.title ?? { type: 'plain_text', text: 'View Title', emoji: true },
    clear_on_close: view.clear_on_close ?? false,
    notify_on_close: view.notify_on_close ?? false,
    close: view.close ?? null,
    submit: view.submit ?? null,
    previous_view_id: view.previousId,
    root_view_id: view.rootId,
    app_id: team.appId,
    external_id: view.external_id ?? '',
    app_installed_team_id: team.teamId,
    bot_id: team.botId,
  }
}
