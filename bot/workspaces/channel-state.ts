// Says plainly when the bot cannot write to a channel, before somebody waits for a card there.
import type { WebClient } from '@slack/web-api'
import { WebAPIPlatformError } from '@slack/web-api'
import type { Clients } from '../connection/clients.ts'

/**
 * Null when the bot can write there, or Slack cannot be asked just now; else plain text: what is wrong and what to do.
 * Asked of Slack each time: whoever has just invited the bot must not read that it is missing.
 */
export async function channelState(
  workspace: { clients: Pick<Clients, 'interactive'> },
  channel: string,
): Promise<string | null> {
  const known = await asked(workspace.clients.interactive, channel)
  if (known === 'not asked') return null
  if (known === 'not found')
    return `Slack shows Firstpass no channel ${channel}: it is gone, or it is private and Firstpass is not in it. Write \`/invite @Firstpass\` there, or choose another channel.`
  const name = known.name ? `#${known.name}` : channel
  if (known.is_archived)
    return `${name} is archived, so Firstpass cannot write there. Unarchive it, or choose another channel.`
  if (known.is_member === false)
    return `Firstpass is not in ${name}, so its cards cannot appear there. Write \`/invite @Firstpass\` in ${name}, or choose another channel.`
  return null
}

async function asked(client: WebClient, channel: string) {
  try {
    const { channel: found } = await client.conversations.info({ channel })
    return found ?? ('not asked' as const)
  } catch (error) {
    const isGone = error instanceof WebAPIPlatformError && error.data.error === 'channel_not_found'
    return isGone ? 'not found' : 'not asked'
  }
}
