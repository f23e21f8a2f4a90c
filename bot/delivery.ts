// Brings a queued delivery to Slack. A repeat is harmless; what cannot be done now says how long to wait.
import type { WebClient } from '@slack/web-api'
import type { BaseLogger } from 'pino'
import type { Delivery, DeliveryResult, Service, SlackPosts } from '../server/service.ts'
import { type Cards, waitOf } from './cards.ts'
import { slackFailure } from './slack-failure.ts'
import { threadDelivery } from './thread-delivery.ts'

type Deps = {
  client: WebClient
  service: Pick<Service, 'get' | 'events'>
  posts: SlackPosts
  cards: Cards
  now: () => number
  log: BaseLogger
}

/** Only a person can let the bot into a channel: asking Slack every few seconds would not help. */
const lockedOutSeconds = 600

export function createDelivery({ client, service, posts, cards, now, log }: Deps) {
  const threads = threadDelivery({ client, service, posts, cards, now })
  const told = new Set<string>()

  /** Throws for faults that are neither Slack's nor the network's. */
  async function deliver(job: Delivery): Promise<DeliveryResult> {
    try {
      return await carryOut(job)
    } catch (error) {
      const failure = slackFailure(error)
      if (failure.kind === 'wait') return { delivered: false, waitSeconds: failure.seconds, why: failure.why }
      if (failure.kind !== 'locked out') throw error
      await tellOnce(job, failure.why)
      return { delivered: false, waitSeconds: lockedOutSeconds, why: failure.why }
    }
  }

  async function carryOut(job: Delivery): Promise<DeliveryResult> {
    switch (job.kind) {
      case 'card':
        return card(job)
      case 'thread':
        return threads.deliver(job)
      case 'build':
      case 'direct':
      case 'digest':
      case 'home':
      case 'event':
        return { delivered: true }
    }
  }

  async function card(job: Extract<Delivery, { kind: 'card' }>): Promise<DeliveryResult> {
    const drawn = await cards.draw(client, job.rolloutId, job.stageIndex, { patient: true, mayPost: true })
    const others = await cards.drawOthers(client, job.rolloutId, job.stageIndex)
    return waitOf([drawn, ...others]) ?? { delivered: true }
  }

  async function tellOnce(job: Delivery, why: string): Promise<void> {
    const view = 'rolloutId' in job ? await service.get(job.rolloutId) : null
    const channel = view?.procedure.channel ?? 'none'
    const key = `${channel} ${why}`
    if (told.has(key)) return
    told.add(key)
    log.error(
      { channel, why, procedure: view?.procedure.name },
      `Slack does not let the bot write to channel ${channel}: ${why}. ${remedy(why)} Until then its messages wait.`,
    )
  }

  return deliver
}

function remedy(why: string): string {
  if (why === 'not_in_channel' || why === 'channel_not_found')
    return 'Invite the bot to the channel or correct the procedure’s channel.'
  if (why === 'is_archived') return 'Unarchive the channel or give the procedure another one.'
  return 'Check the bot token and its scopes.'
}
