// Sends and changes the bot's own messages; a message is never lost because Slack refuses its decoration.
import { createHash } from 'node:crypto'
import type { WebClient } from '@slack/web-api'
import { type Message, plainestBlocks } from '../blocks/build.ts'
import { slackFailure } from '../connection/slack-failure.ts'

export type Place = { channel: string; ts: string }

/** What a message shows, for telling whether it has to be sent again. */
export function contentHash(message: Message): string {
  return createHash('sha256').update(JSON.stringify(message)).digest('base64url')
}

/** `blocks`: those that Slack took. */
export async function post(
  client: WebClient,
  channel: string,
  message: Message,
  thread?: { ts: string; broadcast?: boolean },
): Promise<Place & { blocks: Message['blocks'] }> {
  const { sent, blocks } = await withPlainerBlocks(message, (tried) =>
    client.chat.postMessage({
      channel,
      text: message.text,
      blocks: tried,
      unfurl_links: false,
      unfurl_media: false,
      ...inThread(thread),
    }),
  )
  if (sent.ts === undefined) throw new Error('chat.postMessage answered without a ts')
  return { channel: sent.channel ?? channel, ts: sent.ts, blocks }
}

/** Answers with the blocks that Slack took. */
export async function change(client: WebClient, place: Place, message: Message): Promise<Message['blocks']> {
  const { blocks } = await withPlainerBlocks(message, (tried) =>
    client.chat.update({ channel: place.channel, ts: place.ts, text: message.text, blocks: tried }),
  )
  return blocks
}

function inThread(thread: { ts: string; broadcast?: boolean } | undefined) {
  if (thread === undefined) return {}
  return thread.broadcast
    ? { thread_ts: thread.ts, reply_broadcast: true as const }
    : { thread_ts: thread.ts }
}

/** The richest blocks that Slack takes: newer ones, those that every client renders, the words alone. */
async function withPlainerBlocks<Sent>(
  message: Message,
  send: (blocks: Message['blocks']) => Promise<Sent>,
): Promise<{ sent: Sent; blocks: Message['blocks'] }> {
  for (const blocks of [...(message.richer ?? []), message.blocks]) {
    try {
      return { sent: await send(blocks), blocks }
    } catch (error) {
      if (slackFailure(error).kind !== 'blocks refused') throw error
    }
  }
  const blocks = plainestBlocks(message)
  return { sent: await send(blocks), blocks }
}
