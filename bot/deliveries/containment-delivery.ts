// Tells what a bad build has judged, once for each episode, in the thread of the card it belongs to.
import type { Containment, Occasion } from '../../server/domain/containment.ts'
import type { RolloutId } from '../../server/domain/ids.ts'
import type { RolloutView } from '../../server/domain/rollout-view.ts'
import type { Delivery, DeliveryResult, Service } from '../../server/service.ts'
import { containmentMessage } from '../blocks/containment-message.ts'
import { stageAt } from '../blocks/thread-events.ts'
import { type Cards, type Drawn, waitOf } from './cards.ts'
import { drawMessage } from './drawn-message.ts'
import type { Once } from './post-once.ts'

type Job = Extract<Delivery, { kind: 'containment' }>
type Deps = Once & { service: Pick<Service, 'get' | 'events' | 'containment'>; cards: Cards }

const done: DeliveryResult = { delivered: true }

export function containmentDelivery(deps: Deps) {
  const { client, service, posts, cards } = deps

  /** The latest episode is posted; those before it only lose what they asked for. */
  return async function deliver({ rolloutId }: Job): Promise<DeliveryResult> {
    const list = await service.containment(rolloutId, true)
    if (list === null) return done
    for (const episode of list.occasions) {
      const key = `containment:${rolloutId}:${episode.at}`
      const isLast = episode.at === list.occasions.at(-1)?.at
      if (!(await posts.find(key)) && !(isLast && list.counts.units > 0)) continue
      const told = await drawMessage(deps, {
        key,
        read: () => messageOf(rolloutId, episode),
        place: () => placeOf(rolloutId, episode),
      })
      if (!told.delivered) return told
    }
    return done
  }

  async function messageOf(id: RolloutId, episode: Occasion) {
    const [view, list]: [RolloutView | null, Containment | null] = await Promise.all([
      service.get(id),
      service.containment(id, true),
    ])
    return view && list && containmentMessage(view, list, episode)
  }

  async function placeOf(
    id: RolloutId,
    { at }: Occasion,
  ): ReturnType<Parameters<typeof drawMessage>[1]['place']> {
    const before = (await service.events(id)).filter((event) => event.at <= at)
    const stage = stageAt(before, Number.POSITIVE_INFINITY)
    const under = (card: Drawn) => {
      const wait = waitOf([card])
      if (!card.drawn) return wait === null ? null : { wait }
      return { channel: card.at.channel, thread: { ts: card.at.ts } }
    }
    const card = await cards.draw(client, id, stage, { patient: false, mayPost: true })
    const place = under(card)
    if (!card.drawn || place === null || 'wait' in place) return place
    return { ...place, anew: async () => under(await cards.replace(client, id, stage, card.at)) }
  }
}
