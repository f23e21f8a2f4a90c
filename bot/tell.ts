// Says something to one person: where they clicked, else in the channel, else directly.
import type { RespondFn } from '@slack/bolt'
import type { WebClient } from '@slack/web-api'
import type { BaseLogger } from 'pino'
import { type CardBlock, messageText, section } from './blocks/build.ts'
import type { Markup } from './blocks/markup.ts'

export type Tell = ReturnType<typeof createTell>
export type Listener = { user: string; channel?: string | undefined; respond?: RespondFn | undefined }

/** Best effort: what matters stands on the card, so a failure here is logged and not thrown. */
export function createTell({ client, log }: { client: WebClient; log: BaseLogger }) {
  return async function tell(to: Listener, text: Markup, blocks?: CardBlock[]): Promise<void> {
    const message = { text: messageText(text), blocks: blocks ?? [section('answer', text, 3000)] }
    const ways: (() => Promise<unknown>)[] = []
    const { respond, channel, user } = to
    if (respond) ways.push(() => respond({ ...message, response_type: 'ephemeral', replace_original: false }))
    if (channel) ways.push(() => client.chat.postEphemeral({ channel, user, ...message }))
    ways.push(() =>
      client.chat.postMessage({ channel: user, unfurl_links: false, unfurl_media: false, ...message }),
    )
    for (const way of ways) {
      try {
        await way()
        return
      } catch (error) {
        log.debug({ err: error }, 'an answer could not be given this way')
      }
    }
    log.warn({ user }, 'an answer could not be given to a person in Slack')
  }
}
