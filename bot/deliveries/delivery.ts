// Brings a queued delivery to Slack. A repeat is harmless; what cannot be done now says how long to wait.
import type { BaseLogger } from 'pino'
import type { Delivery, DeliveryResult, Service, SlackStore } from '../../server/service.ts'
import { slackFailure } from '../connection/slack-failure.ts'
import type { Workspace, Workspaces } from '../workspaces/workspace.ts'
import { alarmDelivery } from './alarm-delivery.ts'
import { buildDelivery } from './build-delivery.ts'
import { type Cards, waitOf } from './cards.ts'
import { containmentDelivery } from './containment-delivery.ts'
import { digestDelivery } from './digest-delivery.ts'
import { directDelivery } from './direct-delivery.ts'
import { homeDelivery } from './home-delivery.ts'
import type { Homes } from './homes.ts'
import { lockedOutNotice } from './locked-out.ts'
import { rollbackDelivery } from './rollback-delivery.ts'
import { threadDelivery } from './thread-delivery.ts'

type Deps = {
  workspaces: Workspaces
  service: Service
  store: SlackStore
  cards: Cards
  homes: Homes
  /** Works on an event that was taken. */
  workOn: (body: Record<string, unknown>) => Promise<void>
  now: () => number
  log: BaseLogger
}
type Ways = ReturnType<typeof waysOf>

/** Only a person can let the bot into a channel, or give it a token: asking Slack every few seconds would not help. */
const lockedOutSeconds = 600
const done: DeliveryResult = { delivered: true }

export function createDelivery(deps: Deps) {
  const { workspaces, service } = deps
  const lockedOut = lockedOutNotice(deps)
  const home = homeDelivery(deps)
  const ways = new WeakMap<Workspace, Ways>()
  /** Whose token Slack refuses: what else there is for it waits without asking. A new installation is another one. */
  const refused = new WeakMap<Workspace, { until: number; why: string }>()

  /** Throws for faults that are neither Slack's nor the network's. */
  return async function deliver(job: Delivery): Promise<DeliveryResult> {
    try {
      return await carryOut(job)
    } catch (error) {
      const failure = slackFailure(error)
      if (failure.kind === 'wait') return { delivered: false, waitSeconds: failure.seconds, why: failure.why }
      if (failure.kind !== 'locked out') throw error
      await lockedOut.tell(job, failure.why)
      return { delivered: false, waitSeconds: lockedOutSeconds, why: failure.why }
    }
  }

  async function carryOut(job: Delivery): Promise<DeliveryResult> {
    switch (job.kind) {
      case 'event':
        await deps.workOn(job.body)
        return done
      case 'home':
        return home(job)
      case 'card':
      case 'thread':
      case 'direct':
      case 'build':
      case 'digest':
      case 'alarms':
      case 'rollback':
      case 'containment':
        return inItsWorkspace(job)
    }
  }

  type Placed = Exclude<Delivery, { kind: 'event' | 'home' }>

  async function inItsWorkspace(job: Placed): Promise<DeliveryResult> {
    const procedure = await procedureOf(job)
    if (!procedure) return done
    const workspace = await workspaces.of(procedure.team)
    if (workspace === null) {
      const why = 'the app is not installed in its workspace'
      await lockedOut.log(job, why)
      return { delivered: false, waitSeconds: lockedOutSeconds, why }
    }
    const rest = refused.get(workspace)
    if (rest && deps.now() < rest.until)
      return {
        delivered: false,
        waitSeconds: Math.ceil((rest.until - deps.now()) / 1000),
        why: rest.why,
      }
    const by = ways.get(workspace) ?? waysOf(workspace, deps)
    ways.set(workspace, by)
    const begunAt = deps.now()
    try {
      return await inItsWay(by, job)
    } catch (error) {
      const failure = slackFailure(error)
      if (failure.kind !== 'token refused') throw error
      return tokenRefused(workspace, failure.why, begunAt)
    }
  }

  async function tokenRefused(workspace: Workspace, code: string, begunAt: number): Promise<DeliveryResult> {
    const why = `Slack refuses the bot token: ${code}`
    refused.set(workspace, { until: deps.now() + lockedOutSeconds * 1000, why })
    await workspaces.refused(workspace.teamId, code, begunAt)
    return { delivered: false, waitSeconds: lockedOutSeconds, why }
  }

  function inItsWay(by: Ways, job: Placed): Promise<DeliveryResult> {
    switch (job.kind) {
      case 'card':
        return by.card(job)
      case 'thread':
        return by.threads.deliver(job)
      case 'direct':
        return by.direct(job)
      case 'build':
        return by.build(job)
      case 'digest':
        return by.digest(job)
      case 'alarms':
        return by.alarms(job)
      case 'rollback':
        return by.rollback(job)
      case 'containment':
        return by.containment(job)
    }
  }

  /** Null when it is gone, and with it all there was to say. */
  async function procedureOf(job: Placed): Promise<{ team: string | null } | null> {
    return 'rolloutId' in job ? service.procedureOf(job.rolloutId) : service.procedureInBrief(job.procedureId)
  }
}

/** Each workspace has its own: they call Slack with its token, and remember what they did there. */
function waysOf(workspace: Workspace, { service, store, cards, now, log }: Deps) {
  const client = workspace.clients.background
  const threads = threadDelivery({ client, service, posts: store.posts, cards, now })

  async function card(job: Extract<Delivery, { kind: 'card' }>): Promise<DeliveryResult> {
    const drawn = await cards.draw(client, job.rolloutId, job.stageIndex, { patient: true, mayPost: true })
    const others = await cards.drawOthers(client, job.rolloutId, job.stageIndex)
    await threads.refreshRequest(job.rolloutId)
    return waitOf([drawn, ...others]) ?? done
  }

  return {
    card,
    build: buildDelivery({ client, service, posts: store.posts, now }),
    threads,
    digest: digestDelivery({ client, service, posts: store.posts, now }),
    alarms: alarmDelivery({ client, service, posts: store.posts, cards, now }),
    rollback: rollbackDelivery({ client, service, posts: store.posts, now }),
    containment: containmentDelivery({ client, service, posts: store.posts, cards, now }),
    direct: directDelivery({ workspace, service, store, now, log }),
  }
}
