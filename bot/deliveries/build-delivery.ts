// Posts the card of a build once, and brings the cards of its procedure's builds up to date.
import type { WebClient } from '@slack/web-api'
import type { DeploymentId, ProcedureId } from '../../server/domain/ids.ts'
import type { Delivery, DeliveryResult, DeploymentLine, Service, SlackPosts } from '../../server/service.ts'
import { buildCard } from '../blocks/build-card.ts'
import { slackFailure } from '../connection/slack-failure.ts'
import { type BuildState, buildState, procedureBuilds } from './build-state.ts'
import { change, contentHash, post } from './messages.ts'

type Deps = {
  client: WebClient
  service: Pick<Service, 'procedure' | 'deployments' | 'list' | 'preview'>
  posts: SlackPosts
  now: () => number
}
type Job = Extract<Delivery, { kind: 'build' }>

const done: DeliveryResult = { delivered: true }
const busy: DeliveryResult = { delivered: false, waitSeconds: 3, why: 'another process is at it' }
/** Slack asks for at least this between two changes of one message. */
const gapMs = 3000
/** Cards of older builds have said long ago what replaced them. */
const mostOthers = 10

export function buildDelivery({ client, service, posts, now }: Deps) {
  return async function deliver({ procedureId, deploymentId }: Job): Promise<DeliveryResult> {
    const builds = (await procedureBuilds(service, procedureId))?.builds ?? []
    const others = builds.filter((each) => each.id !== deploymentId).slice(0, mostOthers)
    for (const id of [deploymentId, ...others.map((each) => each.id)]) {
      const key = `build:${id}`
      if (id !== deploymentId && !(await posts.find(key))) continue
      const drawn = await posts.exclusively(key, () => draw(procedureId, id, key))
      if (drawn === null) return busy
      if (!drawn.delivered) return drawn
    }
    return done
  }

  /** Reads while nobody else draws this card: what was read before could be older than what stands there. */
  async function draw(procedureId: ProcedureId, id: DeploymentId, key: string): Promise<DeliveryResult> {
    const known = await procedureBuilds(service, procedureId)
    if (known === null) return done
    const build = known.builds.find((each) => each.id === id)
    const state = await buildState(service, known, id)
    if (!build || state === null) return done
    const { procedure } = known
    const message = buildCard({ procedure, build, state })
    const hash = contentHash(message)
    const found = await posts.find(key)
    if (!found) {
      // The first build of a procedure has nothing to be compared with: it is made the active one, not rolled out.
      const isNews =
        state.kind === 'waits' ? procedure.activeDeployment !== null : startedItself(build, state)
      if (!isNews || procedure.channel === null) return done
      const { channel, ts } = await post(client, procedure.channel, message)
      await posts.save(key, { channel, ts, contentHash: hash, updatedAt: now() })
      return done
    }
    if (found.contentHash === hash) return done
    const tooEarlyMs = found.updatedAt + gapMs - now()
    if (tooEarlyMs > 0)
      return { delivered: false, waitSeconds: Math.ceil(tooEarlyMs / 1000), why: 'changed a moment ago' }
    try {
      await change(client, found, message)
    } catch (error) {
      if (slackFailure(error).kind !== 'message gone') throw error
    }
    await posts.save(key, { ...found, contentHash: hash, updatedAt: now() })
    return done
  }
}

/** What a person started before its card was there needs none; nobody has looked at what was pushed. */
function startedItself({ push }: DeploymentLine, state: BuildState): boolean {
  return state.kind === 'started' && push?.rolloutId === state.rollout.id
}
