// A message that is posted once and brought up to date after that, by however many processes.
import type { DeliveryResult } from '../../server/service.ts'
import type { Message } from '../blocks/build.ts'
import { slackFailure } from '../connection/slack-failure.ts'
import { change, contentHash, post } from './messages.ts'
import type { Once } from './post-once.ts'

/** Slack asks for at least this between two changes of one message. */
const gapMs = 3000

type Drawing = {
  key: string
  /** Read while nobody else draws it: what was read before could be older than what stands there. Null: there is nothing to draw. */
  read: () => Promise<Message | null>
  /** Where it goes when it is not there yet; null: nowhere. */
  place: () => Promise<Place | { wait: DeliveryResult } | null>
}
type Place = {
  channel: string
  thread?: { ts: string; broadcast?: boolean }
  /** Where it goes when the message above the thread was deleted. */
  anew?: () => Promise<Place | { wait: DeliveryResult } | null>
}

export async function drawMessage(
  { client, posts, now }: Once,
  { key, read, place }: Drawing,
): Promise<DeliveryResult> {
  const drawn = await posts.exclusively(key, async (): Promise<DeliveryResult> => {
    const message = await read()
    if (message === null) return done
    const hash = contentHash(message)
    const found = await posts.find(key)
    if (!found) {
      return postAt(await place(), message, hash)
    }
    if (found.contentHash === hash) return done
    const tooEarlyMs = found.updatedAt + gapMs - now()
    if (tooEarlyMs > 0)
      return { delivered: false, waitSeconds: Math.ceil(tooEarlyMs / 1000), why: 'changed a moment ago' }
    try {
      await change(client, found, message)
    } catch (error) {
      // Whoever deleted it has seen it.
      if (slackFailure(error).kind !== 'message gone') throw error
    }
    await posts.save(key, { ...found, contentHash: hash, updatedAt: now() })
    return done
  })
  return drawn ?? { delivered: false, waitSeconds: 3, why: 'another process is at it' }

  async function postAt(
    where: Place | { wait: DeliveryResult } | null,
    message: Message,
    hash: string,
  ): Promise<DeliveryResult> {
    if (where === null) return done
    if ('wait' in where) return where.wait
    try {
      const { channel, ts } = await post(client, where.channel, message, where.thread)
      await posts.save(key, { channel, ts, contentHash: hash, updatedAt: now() })
      return done
    } catch (error) {
      if (!where.anew || slackFailure(error).kind !== 'message gone') throw error
      return postAt(await where.anew(), message, hash)
    }
  }
}

const done: DeliveryResult = { delivered: true }
