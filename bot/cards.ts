// Draws the card of a stage from the rollout's current state: posted once, changed after that, only when it differs.
import type { WebClient } from '@slack/web-api'
import type { RolloutId } from '../server/domain/ids.ts'
import type { RolloutView } from '../server/domain/rollout-view.ts'
import type { DeliveryResult, Service, SlackPost, SlackPosts } from '../server/service.ts'
import type { Message } from './blocks/build.ts'
import { rolloutCard } from './blocks/rollout-card.ts'
import { change, contentHash, post } from './messages.ts'
import { oneAtATime } from './one-at-a-time.ts'
import { slackFailure } from './slack-failure.ts'

export type Cards = ReturnType<typeof createCards>
export type Drawn =
  | { drawn: true; at: SlackPost }
  /** Nothing to draw, or nowhere: no such rollout, no channel, not posted and not to be posted here. */
  | { drawn: false; wait: null }
  | { drawn: false; wait: { seconds: number; why: string } }

/** Slack asks for at least this between two changes of one message. */
const gapMs = 3000

export function createCards({
  service,
  posts,
  now,
}: {
  service: Pick<Service, 'get'>
  posts: SlackPosts
  now: () => number
}) {
  const inTurn = oneAtATime()

  /** `patient`: keep Slack's gap between changes. `mayPost`: post it where it is not there yet. */
  async function draw(
    client: WebClient,
    rolloutId: RolloutId,
    stageIndex: number,
    how: { patient: boolean; mayPost: boolean },
  ): Promise<Drawn> {
    const key = cardKey(rolloutId, stageIndex)
    return inTurn(key, async () => {
      const view = await service.get(rolloutId)
      if (!view) return { drawn: false, wait: null }
      const message = rolloutCard(view, Math.max(0, stageIndex))
      const found = await posts.find(key)
      if (!found) return how.mayPost ? postCard(client, view, key, message) : { drawn: false, wait: null }
      if (found.contentHash === contentHash(message)) return { drawn: true, at: found }
      const tooEarlyMs = found.updatedAt + gapMs - now()
      if (how.patient && tooEarlyMs > 0)
        return { drawn: false, wait: { seconds: Math.ceil(tooEarlyMs / 1000), why: 'changed a moment ago' } }
      return changeCard(client, view, key, message, found)
    })
  }

  /** The cards of the other stages: after an advance or an undo they lose their buttons and show the decision. */
  async function drawOthers(client: WebClient, rolloutId: RolloutId, stageIndex: number): Promise<Drawn[]> {
    const view = await service.get(rolloutId)
    if (!view) return []
    const drawn: Drawn[] = []
    for (const { index } of view.stages) {
      if (index === Math.max(0, stageIndex)) continue
      const found = await posts.find(cardKey(rolloutId, index))
      if (found && found.contentHash !== contentHash(rolloutCard(view, index)))
        drawn.push(await draw(client, rolloutId, index, { patient: true, mayPost: false }))
    }
    return drawn
  }

  async function postCard(
    client: WebClient,
    view: RolloutView,
    key: string,
    message: Message,
  ): Promise<Drawn> {
    if (view.procedure.channel === null) return { drawn: false, wait: null }
    const { channel, ts } = await post(client, view.procedure.channel, message)
    return save(key, { channel, ts, contentHash: contentHash(message), updatedAt: now() })
  }

  async function changeCard(
    client: WebClient,
    view: RolloutView,
    key: string,
    message: Message,
    found: SlackPost,
  ): Promise<Drawn> {
    try {
      await change(client, found, message)
    } catch (error) {
      if (slackFailure(error).kind === 'message gone') return postCard(client, view, key, message)
      throw error
    }
    return save(key, { ...found, contentHash: contentHash(message), updatedAt: now() })
  }

  async function save(key: string, at: SlackPost): Promise<Drawn> {
    await posts.save(key, at)
    return { drawn: true, at }
  }

  return { draw, drawOthers }
}

/** A rollout that has not started has the card of its first stage. */
export function cardKey(rolloutId: RolloutId, stageIndex: number): string {
  return `card:${rolloutId}:${Math.max(0, stageIndex)}`
}

/** The first of these that has to wait; null when all are done. */
export function waitOf(drawn: Drawn[]): DeliveryResult | null {
  for (const each of drawn)
    if (!each.drawn && each.wait !== null)
      return { delivered: false, waitSeconds: each.wait.seconds, why: each.wait.why }
  return null
}
