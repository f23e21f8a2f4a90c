// The app is taken out of a workspace, or its bot token is revoked there.
import type { App } from '@slack/bolt'
import type { ListenerDeps } from './deps.ts'

export function lifecycle(app: App, deps: ListenerDeps): void {
  app.event('app_uninstalled', async ({ body }) => {
    await deps.workspaces.ended(body.team_id, 'uninstalled', endOf(body.event_time))
  })
  app.event('tokens_revoked', async ({ body, event }) => {
    // People's own tokens may be revoked too; the app has none of them.
    if ((event.tokens.bot ?? []).length === 0) return
    await deps.workspaces.ended(body.team_id, 'its token was revoked', endOf(body.event_time))
  })
}

/** Slack tells the second; an installation within it was before. */
function endOf(second: number): number {
  return (second + 1) * 1000
}
