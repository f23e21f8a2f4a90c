// The open request for approval of a rollout: kept as fresh as the decision, without its button once that is taken.
import type { RolloutId } from '../../server/domain/ids.ts'
import type { RolloutView } from '../../server/domain/rollout-view.ts'
import type { Service, SlackPost } from '../../server/service.ts'
import { type ApprovalAsked, approvalMessage, endOfRequest } from '../blocks/approval-message.ts'
import type { Numbered } from '../blocks/thread-events.ts'
import { slackFailure } from '../connection/slack-failure.ts'
import { change } from './messages.ts'
import type { Once } from './post-once.ts'

/** One is open at a time; `contentHash` says of which event it is, and in which state it was drawn. */
export function createRequests({
  client,
  posts,
  now,
  service,
}: Once & { service: Pick<Service, 'get' | 'events'> }) {
  async function remember(
    view: RolloutView,
    asked: ApprovalAsked,
    events: Numbered[],
    at: SlackPost,
  ): Promise<void> {
    await posts.save(requestKey(view.id), { ...at, contentHash: stateOf(view, asked.sequence, events) })
  }

  /** A button that was drawn before another decision would be refused as stale: it is drawn anew after each. */
  async function refresh(rolloutId: RolloutId): Promise<void> {
    const found = await posts.find(requestKey(rolloutId))
    if (!found || found.contentHash.endsWith(closed)) return
    const [view, events] = await Promise.all([service.get(rolloutId), service.events(rolloutId)])
    const sequence = Number(found.contentHash.split(' ')[0])
    const asked = events.find((event) => event.sequence === sequence)
    if (!view || asked?.type !== 'ApprovalAsked') return
    const contentHash = stateOf(view, sequence, events)
    if (contentHash === found.contentHash) return
    try {
      await change(client, found, approvalMessage(view, asked, events))
    } catch (error) {
      if (slackFailure(error).kind !== 'message gone') throw error
    }
    await posts.save(requestKey(rolloutId), { ...found, contentHash, updatedAt: now() })
  }

  return { remember, refresh }
}

const closed = 'closed'

function stateOf(view: RolloutView, sequence: number, events: Numbered[]): string {
  const asked = events.find((event) => event.sequence === sequence)
  const isOver = asked?.type !== 'ApprovalAsked' || endOfRequest(asked, events) !== null
  return `${sequence} ${isOver ? closed : `version ${view.version}, ${view.approvals.given.length} given`}`
}

function requestKey(rolloutId: RolloutId): string {
  return `request:${rolloutId}`
}
