// Says something once, however often it is delivered and by however many processes.
import type { WebClient } from '@slack/web-api'
import type { DeliveryResult, SlackPost, SlackPosts } from '../../server/service.ts'
import type { Message } from '../blocks/build.ts'
import { contentHash, post } from './messages.ts'

export type Once = { client: WebClient; posts: SlackPosts; now: () => number }
type Said = {
  key: string
  channel: string
  message: Message
  thread?: { ts: string; broadcast?: boolean }
  /** What to remember of it, where that is not what it shows. */
  remember?: (post: SlackPost) => Promise<void>
}

export async function postOnce(
  { client, posts, now }: Once,
  { key, channel, message, thread, remember }: Said,
): Promise<DeliveryResult> {
  if (await posts.find(key)) return { delivered: true }
  const posted = await posts.exclusively(key, async () => {
    if (await posts.find(key)) return true
    const { channel: where, ts } = await post(client, channel, message, thread)
    const kept = { channel: where, ts, contentHash: contentHash(message), updatedAt: now() }
    await posts.save(key, kept)
    await remember?.(kept)
    return true
  })
  return posted ? { delivered: true } : { delivered: false, waitSeconds: 3, why: 'another process says this' }
}
