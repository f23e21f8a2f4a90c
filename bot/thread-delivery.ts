// Says an event in the thread of its stage's card, exactly once, and takes the buttons off a breach that has ended.
import type { WebClient } from '@slack/web-api'
import type { RolloutId } from '../server/domain/ids.ts'
import type { RolloutView } from '../server/domain/rollout-view.ts'
import type { Delivery, DeliveryResult, Service, SlackPosts } from '../server/service.ts'
import type { Message } from './blocks/build.ts'
import { breachesTouchedBy, endOf, isToldAlone, type Numbered, stageAt } from './blocks/thread-events.ts'
import { breachMessage, replyMessage } from './blocks/thread-messages.ts'
import { type Cards, waitOf } from './cards.ts'
import { change, contentHash, post } from './messages.ts'
import { oneAtATime } from './one-at-a-time.ts'
import { slackFailure } from './slack-failure.ts'

type Deps = {
  client: WebClient
  service: Pick<Service, 'get' | 'events'>
  posts: SlackPosts
  cards: Cards
  now: () => number
}
type Job = Extract<Delivery, { kind: 'thread' }>

const done: DeliveryResult = { delivered: true }

export function threadDelivery({ client, service, posts, cards, now }: Deps) {
  const inTurn = oneAtATime()

  async function deliver(job: Job): Promise<DeliveryResult> {
    const [view, events] = await Promise.all([service.get(job.rolloutId), service.events(job.rolloutId)])
    const event = events.find((each) => each.sequence === job.sequence)
    if (!view || !event) return done
    return inTurn(job.rolloutId, () => say(view, events, event))
  }

  /** It goes where the breach was told, after it; an ended breach loses its buttons, so that nobody clicks on them. */
  async function say(view: RolloutView, events: Numbered[], event: Numbered): Promise<DeliveryResult> {
    const touched = breachesTouchedBy(event, events)
    const opens = event.type === 'BreachOpened'
    const where = opens || isToldAlone(event) ? event : touched.at(-1)
    const message = opens ? breachMessage(view, event, events) : replyMessage(view, event)
    if (where === undefined || message === null) return done
    for (const breach of touched) {
      const opening = breachMessage(view, breach, events)
      const told = await sayOnce(view, events, breach, breach, opening)
      if (!told.delivered) return told
      if (endOf(breach, events) !== null) await refresh(view.id, breach, opening)
    }
    return sayOnce(view, events, event, where, message)
  }

  async function sayOnce(
    view: RolloutView,
    events: Numbered[],
    event: Numbered,
    where: Numbered,
    message: Message,
  ): Promise<DeliveryResult> {
    const key = eventKey(view.id, event.sequence)
    if (await posts.find(key)) return done
    const stageIndex = stageAt(events, where.sequence)
    const card = await cards.draw(client, view.id, stageIndex, { patient: false, mayPost: true })
    if (!card.drawn) return waitOf([card]) ?? done
    const { channel, ts } = await post(client, card.at.channel, message, { ts: card.at.ts })
    await posts.save(key, { channel, ts, contentHash: contentHash(message), updatedAt: now() })
    return done
  }

  async function refresh(rolloutId: RolloutId, breach: Numbered, message: Message): Promise<void> {
    const key = eventKey(rolloutId, breach.sequence)
    const found = await posts.find(key)
    if (!found || found.contentHash === contentHash(message)) return
    try {
      await change(client, found, message)
    } catch (error) {
      if (slackFailure(error).kind !== 'message gone') throw error
    }
    await posts.save(key, { ...found, contentHash: contentHash(message), updatedAt: now() })
  }

  return { deliver }
}

export function eventKey(rolloutId: RolloutId, sequence: number): string {
  return `event:${rolloutId}:${sequence}`
}
