// Somebody calls the bot by name: it answers, to them alone, how it is used.
import type { App } from '@slack/bolt'
import { helpText } from '../commands/help.ts'
import { here, type ListenerDeps } from './deps.ts'

export function mentions(app: App, deps: ListenerDeps): void {
  app.event('app_mention', async ({ event, context }) => {
    if (event.user === undefined) return
    const { tell } = await here(deps, context)
    await tell({ user: event.user, channel: event.channel }, helpText([]))
  })
}
