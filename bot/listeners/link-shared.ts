// A link to a rollout's page shows how the rollout stands, where that may be shown.
//
// Slack's `user_auth` is not used: our links carry a key of their own rollout, so whoever was given one may read the page.
// What is asked all the same is whether the one who shares it is a full member, and whether only the company reads along.
import type { App } from '@slack/bolt'
import type { LinkSharedEvent, LinkUnfurls } from '@slack/types'
import { markup } from '../blocks/markup.ts'
import { unfurl } from '../blocks/unfurl.ts'
import { slackFailure } from '../connection/slack-failure.ts'
import { leadsTo, rolloutIn } from '../shared-link.ts'
import { type Here, here, type ListenerDeps } from './deps.ts'

const mostLinks = 5

export function linkShared(app: App, deps: ListenerDeps): void {
  app.event('link_shared', async ({ event, body, context }) => {
    const at = await here(deps, context)
    const unfurls = await unfurlsOf(at, event, body.event_time * 1000)
    if (Object.keys(unfurls).length === 0) return
    const identified = await at.people.identify(event.user)
    if ('refused' in identified) return note(at, event, identified.refused)
    if (await othersReadAlong(at, event, body.is_ext_shared_channel))
      return deps.log.info({ channel: event.channel }, 'a link was left as it is: others may read along')
    try {
      await at.clients.interactive.chat.unfurl({ ...placeOf(event), unfurls })
    } catch (error) {
      deps.log.info({ why: slackFailure(error).why }, 'a link was left as it is')
    }
  })
}

/** A link that does not lead to the page of a rollout, key included, stays as it is and is not spoken of. */
async function unfurlsOf(deps: Here, event: LinkSharedEvent, sharedAt: number): Promise<LinkUnfurls> {
  const unfurls: LinkUnfurls = {}
  const candidates = event.links.filter(({ url }) => rolloutIn(url) !== null)
  for (const { url } of candidates.slice(0, mostLinks)) {
    const id = rolloutIn(url)
    const view = id === null ? null : await deps.service.get(id)
    if (view && leadsTo(url, view.url, (key) => deps.opens(view.id, key)))
      unfurls[url] = unfurl(view, sharedAt)
  }
  return unfurls
}

/** In the composer there is no channel yet, and only the one who writes sees it. */
function placeOf(event: LinkSharedEvent) {
  if (isComposed(event) && event.unfurl_id !== undefined)
    return { source: 'composer' as const, unfurl_id: event.unfurl_id }
  return { channel: event.channel, ts: event.message_ts }
}

function isComposed(event: LinkSharedEvent): boolean {
  return event.source === 'composer'
}

/** Other companies' people are, or will be, in the channel. What nobody can say counts as yes, unless the event says no. */
async function othersReadAlong(
  deps: Here,
  event: LinkSharedEvent,
  said: boolean | undefined,
): Promise<boolean> {
  if (said === true) return true
  if (isComposed(event)) return false
  try {
    const { channel } = await deps.clients.interactive.conversations.info({ channel: event.channel })
    return channel?.is_ext_shared === true || channel?.is_pending_ext_shared === true
  } catch (error) {
    // A direct message, or a private channel without the bot: Slack does not tell.
    deps.log.debug({ why: slackFailure(error).why }, 'Slack does not tell about a channel')
    return said !== false
  }
}

/** Quiet: to the author alone, and not while they are still writing. */
async function note(deps: Here, event: LinkSharedEvent, why: string): Promise<void> {
  deps.log.info({ user: event.user, decision: 'refused' }, why)
  if (isComposed(event)) return
  const to = { user: event.user, channel: event.channel }
  await deps.tell(to, markup`The link to a rollout is not shown as more than a link. ${why}`)
}
