// Says an event where it belongs, exactly once: in the thread of its stage's card, in the channel when it is the end.
import type { WebClient } from '@slack/web-api'
import type { RolloutId } from '../../server/domain/ids.ts'
import type { RolloutView } from '../../server/domain/rollout-view.ts'
import type { Delivery, DeliveryResult, Service, SlackPosts } from '../../server/service.ts'
import { approvalMessage } from '../blocks/approval-message.ts'
import { breachMessage, severeNotice } from '../blocks/breach-message.ts'
import type { Message } from '../blocks/build.ts'
import { changesMessage } from '../blocks/changes-message.ts'
import { isTheEnd, summaryMessage } from '../blocks/summary.ts'
import {
  breachesTouchedBy,
  endOf,
  isToldAlone,
  type Numbered,
  severityOf,
  stageAt,
} from '../blocks/thread-events.ts'
import { replyMessage } from '../blocks/thread-messages.ts'
import { slackFailure } from '../connection/slack-failure.ts'
import { type Cards, type Drawn, waitOf } from './cards.ts'
import { change, contentHash } from './messages.ts'
import { oneAtATime } from './one-at-a-time.ts'
import { postOnce } from './post-once.ts'
import { createRequests } from './requests.ts'

type Deps = {
  client: WebClient
  service: Pick<Service, 'get' | 'events'>
  posts: SlackPosts
  cards: Cards
  now: () => number
}
type Job = Extract<Delivery, { kind: 'thread' }>

const done: DeliveryResult = { delivered: true }

export function threadDelivery(deps: Deps) {
  const { client, service, posts, cards, now } = deps
  const inTurn = oneAtATime()
  const requests = createRequests(deps)

  async function deliver(job: Job): Promise<DeliveryResult> {
    const [view, events] = await Promise.all([service.get(job.rolloutId), service.events(job.rolloutId)])
    const event = events.find((each) => each.sequence === job.sequence)
    if (!view || !event) return done
    return inTurn(job.rolloutId, async () => {
      const before = await unsaid(view, events, event)
      for (const [index, each] of before.entries()) {
        const told = await patiently(before.length - index, () => say(view, events, each))
        if (!told.delivered) return told
      }
      const told = await say(view, events, event)
      if (!told.delivered) return told
      const alerted = await alert(view, events, event)
      if (!alerted.delivered) return alerted
      return isTheEnd(event, events) ? summarise(view, events) : done
    })
  }

  /** Jobs come again in any order, above all after Slack was away: what happened first is said first. */
  async function unsaid(view: RolloutView, events: Numbered[], event: Numbered): Promise<Numbered[]> {
    const earlier = events.filter((each) => each.sequence < event.sequence)
    const spoken = earlier.filter((each) => placeOf(view, events, each) !== null)
    const said = await Promise.all(spoken.map((each) => posts.find(eventKey(view.id, each.sequence))))
    return spoken.filter((_each, index) => said[index] === null)
  }

  /** A channel takes a message a second: whoever stands in a long line comes again when its turn may have come. */
  async function patiently(ahead: number, work: () => Promise<DeliveryResult>): Promise<DeliveryResult> {
    try {
      return await work()
    } catch (error) {
      const failure = slackFailure(error)
      if (failure.kind !== 'wait') throw error
      return { delivered: false, waitSeconds: Math.max(failure.seconds, ahead), why: failure.why }
    }
  }

  /** Where it is said, and with which words; null for an event that is not said here. */
  function placeOf(view: RolloutView, events: Numbered[], event: Numbered) {
    const touched = breachesTouchedBy(event, events)
    const alone = event.type === 'BreachOpened' || isToldAlone(event)
    const where = alone ? event : touched.at(-1)
    const message = where === undefined ? null : messageOf(view, events, event)
    return where === undefined || message === null ? null : { where, message, touched }
  }

  /** It goes where the breach was told, after it; an ended breach loses its buttons, so that nobody clicks on them. */
  async function say(view: RolloutView, events: Numbered[], event: Numbered): Promise<DeliveryResult> {
    const place = placeOf(view, events, event)
    if (place === null) return done
    const { where, message, touched } = place
    for (const breach of touched) {
      const told = await sayOnce(view, events, breach, breach, breachMessage(view, breach, events))
      if (!told.delivered) return told
      if (endOf(breach, events) !== null) await close(view.id, breach, breachMessage(view, breach, events))
    }
    if (event.type === 'ApprovalAsked') await requests.refresh(view.id)
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
    const under = (card: Drawn): Promise<DeliveryResult> =>
      card.drawn
        ? postOnce(deps, {
            key,
            channel: card.at.channel,
            message,
            thread: {
              ts: card.at.ts,
              broadcast: event.type === 'ApprovalAsked' || severityOf(event, events) !== null,
            },
            ...(event.type === 'ApprovalAsked' && {
              remember: (kept) => requests.remember(view, event, events, kept),
            }),
          })
        : Promise.resolve(waitOf([card]) ?? done)
    const card = await cards.draw(client, view.id, stageIndex, { patient: false, mayPost: true })
    try {
      return await under(card)
    } catch (error) {
      if (!card.drawn || slackFailure(error).kind !== 'message gone') throw error
      return under(await cards.replace(client, view.id, stageIndex, card.at))
    }
  }

  /** Severe breaches are told in the alert channel too, with a link to where they are talked about. */
  async function alert(view: RolloutView, events: Numbered[], event: Numbered): Promise<DeliveryResult> {
    const { channel } = view.alerts
    const severe = severityOf(event, events)
    if (severe === null || channel === null || channel === view.procedure.channel) return done
    const key = `alert:${view.id}:${event.sequence}`
    if (await posts.find(key)) return done
    const told = await posts.find(eventKey(view.id, event.sequence))
    const threadUrl = told && (await permalink(told))
    return postOnce(deps, { key, channel, message: severeNotice(view, severe, threadUrl) })
  }

  async function summarise(view: RolloutView, events: Numbered[]): Promise<DeliveryResult> {
    const { channel } = view.procedure
    if (channel === null) return done
    return postOnce(deps, { key: `summary:${view.id}`, channel, message: summaryMessage(view, events) })
  }

  /** Best effort: the page is linked as well. */
  async function permalink({ channel, ts }: { channel: string; ts: string }): Promise<string | null> {
    try {
      return (await client.chat.getPermalink({ channel, message_ts: ts })).permalink ?? null
    } catch {
      return null
    }
  }

  async function close(rolloutId: RolloutId, breach: Numbered, message: Message): Promise<void> {
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

  return { deliver, refreshRequest: requests.refresh }
}

function messageOf(view: RolloutView, events: Numbered[], event: Numbered): Message | null {
  switch (event.type) {
    case 'BreachOpened':
      return breachMessage(view, event, events)
    case 'ApprovalAsked':
      return approvalMessage(view, event, events)
    case 'ChangesFound':
      return changesMessage(view, event)
    default:
      return replyMessage(view, event, events)
  }
}

function eventKey(rolloutId: RolloutId, sequence: number): string {
  return `event:${rolloutId}:${sequence}`
}
