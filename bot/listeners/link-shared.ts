// A link to a rollout's page shows how the rollout stands, for everyone who reads the message.
import type { App } from '@slack/bolt'
import type { LinkUnfurls } from '@slack/types'
import { type RolloutId, rolloutId } from '../../server/domain/ids.ts'
import { rolloutCard } from '../blocks/rollout-card.ts'
import { slackFailure } from '../slack-failure.ts'
import { here, type ListenerDeps } from './deps.ts'

const mostLinks = 5

export function linkShared(app: App, deps: ListenerDeps): void {
  app.event('link_shared', async ({ event, context }) => {
    const { clients } = await here(deps, context)
    const unfurls: LinkUnfurls = {}
    for (const { url } of event.links.slice(0, mostLinks)) {
      const id = rolloutIn(url)
      const view = id === null ? null : await deps.service.get(id)
      if (!view || !url.startsWith(view.url)) continue
      unfurls[url] = { blocks: rolloutCard(view, Math.max(0, view.stageIndex), { buttons: false }).blocks }
    }
    if (Object.keys(unfurls).length === 0) return
    try {
      await clients.interactive.chat.unfurl({ channel: event.channel, ts: event.message_ts, unfurls })
    } catch (error) {
      deps.log.debug({ why: slackFailure(error).why }, 'a link was left as it is')
    }
  })
}

/** The first id in the path: a page's address ends in it, whatever stands before. */
function rolloutIn(url: string): RolloutId | null {
  const found = url.match(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i)?.[0]
  const parsed = rolloutId.safeParse(found)
  return parsed.success ? parsed.data : null
}
