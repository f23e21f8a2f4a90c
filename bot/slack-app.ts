// The Slack app as one object: its route, its connection to Slack, its deliveries.
import { setTimeout as later } from 'node:timers/promises'
import { App, type Receiver } from '@slack/bolt'
import type { FastifyPluginAsync } from 'fastify'
import type { BaseLogger } from 'pino'
import type { Delivery, DeliveryResult, Service, SlackStore } from '../server/service.ts'
import { boltLog } from './bolt-log.ts'
import { createCards } from './cards.ts'
import { createClients, interactiveOptions } from './clients.ts'
import { type BotIdentity, connect } from './connect.ts'
import { createDelivery } from './delivery.ts'
import { type HttpReceiver, httpReceiver } from './http-receiver.ts'
import { registerListeners } from './listeners/listeners.ts'
import { createPeople } from './people.ts'
import { createRights } from './rights.ts'
import { socketConnection } from './socket-connection.ts'
import { createTell } from './tell.ts'
import type { Workspace } from './workspace.ts'

export type SlackSettings = {
  botToken: string
  signingSecret: string
  /** Present: Socket Mode, and no HTTP route. */
  appToken?: string | undefined
  /** Another root of the Web API, ending in /api/. */
  apiUrl?: string | undefined
}
export type Wait = (ms: number, signal: AbortSignal) => Promise<void>
export type SlackStatus = { state: 'connecting' | 'connected' | 'disabled'; reason: string | null }
export type SlackApp = {
  routes: FastifyPluginAsync
  start(): void
  status(): SlackStatus
  deliver(job: Delivery): Promise<DeliveryResult>
  stop(): Promise<void>
}
export type SlackAppDeps = {
  service: Service
  store: SlackStore
  settings: SlackSettings
  /** Milliseconds since 1970. */
  now: () => number
  log: BaseLogger
  /** Ends early, without an error, when the signal says so. */
  wait?: Wait
}

export function slackApp(deps: SlackAppDeps): SlackApp {
  const off = whyDisabled(deps.settings)
  return off === null ? enabledApp(deps) : disabledApp(off)
}

function enabledApp({ service, store, settings, now, log, wait = pause }: SlackAppDeps): SlackApp {
  const logger = boltLog(log)
  const clients = createClients(settings.botToken, settings.apiUrl, logger)
  const { posts } = store
  const cards = createCards({ service, posts, now })
  const deliver = createDelivery({ client: clients.background, service, posts, cards, now, log })
  const { appToken, apiUrl } = settings
  const http = appToken ? null : httpReceiver(settings.signingSecret, logger)
  const socket = appToken ? socketConnection({ appToken, apiUrl, logger, log, wait }) : null
  const stopping = new AbortController()
  let reason: string | null = 'Slack has not answered yet'
  let identified = false
  let running: Promise<void> = Promise.resolve()

  async function run(): Promise<void> {
    const onFailure = (why: string) => {
      reason = why
    }
    const bot = await connect({ client: clients.interactive, log, wait, signal: stopping.signal, onFailure })
    if (bot === null) return
    build(bot, http ?? socket?.receiver)
    identified = true
    reason = null
    log.info({ team: bot.teamId, bot: bot.botUserId }, 'Slack is connected')
    await socket?.keepOpen()
  }

  function build(bot: BotIdentity, receiver: Receiver | HttpReceiver | undefined): void {
    if (!receiver) return
    const app = new App({
      token: settings.botToken,
      botId: bot.botId,
      botUserId: bot.botUserId,
      receiver,
      convoStore: false,
      logger,
      clientOptions: { ...interactiveOptions(apiUrl, logger), fetch: fetchWithin5s },
    })
    const people = createPeople({ client: clients.interactive, teamId: bot.teamId, now })
    const only: Workspace = {
      teamId: bot.teamId,
      botUserId: bot.botUserId,
      clients,
      people,
      rights: createRights({ service, clients, people, now }),
      tell: createTell({ client: clients.interactive, log }),
    }
    const workspaces = { of: async () => only }
    registerListeners(app, { service, store, workspaces, cards, now, log })
  }

  return {
    routes: http?.routes ?? (async () => {}),
    start: () => {
      running = run()
    },
    status: () => {
      const open = identified && (socket === null || socket.isOpen())
      if (open) return { state: 'connected', reason: null }
      return { state: 'connecting', reason: reason ?? 'the Socket Mode connection is not open' }
    },
    deliver,
    stop: async () => {
      stopping.abort()
      await http?.stop()
      await socket?.stop()
      await running
    },
  }
}

/** Nothing to deliver to: jobs end, the state is kept, and the next change draws the cards once Slack is set up. */
function disabledApp(reason: string): SlackApp {
  return {
    routes: async () => {},
    start: () => {},
    status: () => ({ state: 'disabled', reason }),
    deliver: async () => ({ delivered: true }),
    stop: async () => {},
  }
}

function whyDisabled(settings: SlackSettings): string | null {
  if (settings.botToken === '') return 'SLACK_BOT_TOKEN is not set'
  if (settings.signingSecret === '' && !settings.appToken)
    return 'SLACK_SIGNING_SECRET is not set: without it, or SLACK_APP_TOKEN, no request can be trusted'
  return null
}

/** Bolt answers over response_url without a limit of its own. */
const fetchWithin5s: typeof fetch = (input, init) =>
  fetch(input, { ...init, signal: init?.signal ?? AbortSignal.timeout(5000) })

const pause: Wait = async (ms, signal) => {
  await later(ms, undefined, { signal }).catch(() => undefined)
}
