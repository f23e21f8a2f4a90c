// Somebody calls the bot by name: it answers, to them alone, how it is used.
import type { App } from '@slack/bolt'
import { helpText } from '../commands/help.ts'
import type { ListenerDeps } from './deps.ts'

export function mentions(app: App, deps: ListenerDeps): void {
  app.event('app_mention', async ({ event }) => {
    if (event.user === undefined) return
    await deps.tell({ user: event.user, channel: event.channel }, helpText([]))
  })
}
