// Tells those who asked for it of the rollouts they started: one message that is changed, new ones for what needs them.
import type { BaseLogger } from 'pino'
import type { Actor } from '../../server/domain/actor.ts'
import { isKnownToSlack, isSameActor } from '../../server/domain/known-to-slack.ts'
import type { RolloutEvent } from '../../server/domain/rollout/events.ts'
import type { RolloutView } from '../../server/domain/rollout-view.ts'
import type { Delivery, DeliveryResult, Service, SlackPost, SlackStore } from '../../server/service.ts'
import type { Message } from '../blocks/build.ts'
import { directMessage, directNews } from '../blocks/direct.ts'
import { slackFailure } from '../connection/slack-failure.ts'
import type { Workspace } from '../workspaces/workspace.ts'
import { change, contentHash, post } from './messages.ts'

type Job = Extract<Delivery, { kind: 'direct' }>
type Deps = {
  workspace: Workspace
  service: Pick<Service, 'get' | 'events'>
  store: Pick<SlackStore, 'posts' | 'people'>
  now: () => number
  log: BaseLogger
}

const done: DeliveryResult = { delivered: true }
const busy: DeliveryResult = { delivered: false, waitSeconds: 3, why: 'another process is at it' }
/** Slack asks for at least this between two changes of one message. */
const gapMs = 3000

/** The person has left, or takes no messages of the app: nothing that waiting would change. */
const unreachable = [
  'channel_not_found',
  'user_not_found',
  'users_not_found',
  'user_disabled',
  'user_not_visible',
  'user_is_bot',
  'user_is_restricted',
  'cannot_dm_bot',
  'im_disabled',
  'messages_tab_disabled',
  'is_archived',
  'is_inactive',
  'not_in_channel',
]

export function directDelivery({ workspace, service, store, now, log }: Deps) {
  const { posts } = store
  const client = workspace.clients.background

  async function deliver(job: Job): Promise<DeliveryResult> {
    const view = await service.get(job.rolloutId)
    const owner = view && reachable(view.owner)
    if (!view || !owner || !(await store.people.find(workspace.teamId, owner.id)).direct) return done
    const event = (await service.events(job.rolloutId)).find((each) => each.sequence === job.sequence)
    if (!event) return done
    try {
      if (!(await isMember(owner.id))) return unheard(view, 'they are not a full member any more')
      const news = directNews(view, event, await mayApprove(view, event))
      const told = news === null ? done : await tellOnce(`direct:${view.id}:${job.sequence}`, owner.id, news)
      return told.delivered ? await follow(view, owner.id) : told
    } catch (error) {
      const { why } = slackFailure(error)
      if (!unreachable.includes(why)) throw error
      return unheard(view, why)
    }
  }

  function unheard(view: RolloutView, why: string): DeliveryResult {
    log.warn({ rollout: view.id, user: view.owner.id, why }, 'a direct message cannot reach its reader')
    return done
  }

  /** @throws while Slack cannot be asked: then the message waits. */
  async function isMember(user: string): Promise<boolean> {
    if ('actor' in (await workspace.people.identify(user))) return true
    // Refused for good, or because Slack was silent: then so it is here.
    await client.users.info({ user })
    return 'actor' in (await workspace.people.identify(user))
  }

  async function tellOnce(key: string, user: string, message: Message): Promise<DeliveryResult> {
    const told = await posts.exclusively(key, async () => {
      if (await posts.find(key)) return done
      const { channel, ts } = await post(client, user, message)
      await posts.save(key, { channel, ts, contentHash: contentHash(message), updatedAt: now() })
      return done
    })
    return told ?? busy
  }

  /** One message a rollout, where its reader last saw it. */
  async function follow(view: RolloutView, user: string): Promise<DeliveryResult> {
    const key = `direct:${view.id}`
    const message = directMessage(view)
    const drawn = await posts.exclusively(key, async (): Promise<DeliveryResult> => {
      const found = await posts.find(key)
      if (found?.contentHash === contentHash(message)) return done
      const tooEarlyMs = found === null ? 0 : found.updatedAt + gapMs - now()
      if (tooEarlyMs > 0)
        return { delivered: false, waitSeconds: Math.ceil(tooEarlyMs / 1000), why: 'changed a moment ago' }
      const { channel, ts } =
        (found && (await changed(found, message))) ?? (await post(client, user, message))
      await posts.save(key, { channel, ts, contentHash: contentHash(message), updatedAt: now() })
      return done
    })
    return drawn ?? busy
  }

  /** Null: somebody has deleted it. */
  async function changed(at: SlackPost, message: Message): Promise<SlackPost | null> {
    try {
      await change(client, at, message)
      return at
    } catch (error) {
      if (slackFailure(error).kind !== 'message gone') throw error
      return null
    }
  }

  /** Under four eyes the one who started it may not. */
  async function mayApprove(view: RolloutView, event: RolloutEvent): Promise<boolean> {
    if (event.type !== 'ApprovalAsked' && event.type !== 'ApprovalReminded') return false
    if (view.approvals.fourEyes || view.approvals.given.some(({ by }) => isSameActor(by, view.owner)))
      return false
    return (await workspace.rights.refused(view.owner, 'approve', view.procedure.id)) === null
  }

  return deliver
}

/** A person in Slack; programs and the command line read no direct messages. */
function reachable(owner: Actor): Actor | null {
  return isKnownToSlack(owner) ? owner : null
}
