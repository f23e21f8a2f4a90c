// Sends and changes the bot's own messages; a message is never lost because Slack refuses its decoration.
import { createHash } from 'node:crypto'
import type { WebClient } from '@slack/web-api'
import { type Message, plainestBlocks } from './blocks/build.ts'
import { slackFailure } from './slack-failure.ts'

export type Place = { channel: string; ts: string }

/** What a message shows, for telling whether it has to be sent again. */
export function contentHash(message: Message): string {
  return createHash('sha256').update(JSON.stringify(message)).digest('base64url')
}

export async function post(
  client: WebClient,
  channel: string,
  message: Message,
  threadTs?: string,
): Promise<Place> {
  const sent = await withPlainerBlocks(message, (blocks) =>
    client.chat.postMessage({
      channel,
      text: message.text,
      blocks,
      unfurl_links: false,
      unfurl_media: false,
      ...(threadTs === undefined ? {} : { thread_ts: threadTs }),
    }),
  )
  if (sent.ts === undefined) throw new Error('chat.postMessage answered without a ts')
  return { channel: sent.channel ?? channel, ts: sent.ts }
}

export async function change(client: WebClient, place: Place, message: Message): Promise<void> {
  await withPlainerBlocks(message, (blocks) =>
    client.chat.update({ channel: place.channel, ts: place.ts, text: message.text, blocks }),
  )
}

/** The richest blocks that Slack takes: newer ones, those that every client renders, the words alone. */
async function withPlainerBlocks<Sent>(
  message: Message,
  send: (blocks: Message['blocks']) => Promise<Sent>,
): Promise<Sent> {
  const plainer = [...(message.richer ? [message.richer] : []), message.blocks]
  for (const blocks of plainer) {
    try {
      return await send(blocks)
    } catch (error) {
      if (slackFailure(error).kind !== 'blocks refused') throw error
    }
  }
  return send(plainestBlocks(message))
}
