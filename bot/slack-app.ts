// The Slack app as one object: its route, its connection to Slack, its deliveries.
import { setTimeout as later } from 'node:timers/promises'
import { App, type Receiver } from '@slack/bolt'
import type { FastifyPluginAsync } from 'fastify'
import type { BaseLogger } from 'pino'
import type { RolloutId } from '../server/domain/ids.ts'
import type { Delivery, DeliveryResult, Service, SlackStore } from '../server/service.ts'
import { boltLog } from './connection/bolt-log.ts'
import { interactiveOptions } from './connection/clients.ts'
import { httpReceiver } from './connection/http-receiver.ts'
import { socketConnection } from './connection/socket-connection.ts'
import { takeEvent } from './connection/take-event.ts'
import { createCards } from './deliveries/cards.ts'
import { type ChartSource, createCharts } from './deliveries/charts.ts'
import { createDelivery } from './deliveries/delivery.ts'
import { createHomes } from './deliveries/homes.ts'
import { registerListeners } from './listeners/listeners.ts'
import { installedAccess, singleAccess } from './workspaces/access.ts'
import type { InstallSettings } from './workspaces/install.ts'
import { pagePeople } from './workspaces/page-people.ts'
import type { Workspaces } from './workspaces/workspace.ts'

export type SlackSettings = {
  /** Of the one workspace; empty when workspaces install the app by OAuth, or there is no Slack. */
  botToken: string
  signingSecret: string
  /** Present: Socket Mode, and no HTTP route for Slack's requests. */
  appToken?: string | undefined
  /** Another root of the Web API, ending in /api/. */
  apiUrl?: string | undefined
  oauth?: OAuthSettings | undefined
  /** Ids of the workspaces whose people may sign in on the pages; null: of every one that has the app. */
  teams?: string[] | null
}
/** `tokenSecrets`: seal the installations; the first is in use, the others still open what they sealed. */
export type OAuthSettings = InstallSettings & { tokenSecrets: [string, ...string[]] }
export type Wait = (ms: number, signal: AbortSignal) => Promise<void>
/** `refused`: it was connected, and Slack takes its token no more; `disabled`: it is not set up. */
export type SlackStatus = {
  state: 'connecting' | 'connected' | 'refused' | 'disabled'
  reason: string | null
}
export type SlackApp = {
  routes: FastifyPluginAsync
  start(): void
  status(): SlackStatus
  deliver(job: Delivery): Promise<DeliveryResult>
  /** Who people of its workspaces are, and what they may do, on the pages. */
  people: ReturnType<typeof pagePeople>
  stop(): Promise<void>
}
export type SlackAppDeps = {
  service: Service
  store: SlackStore
  settings: SlackSettings
  /** What the chart of a card shows; absent: cards have no pictures. */
  charts?: ChartSource
  /** Whether a key in an address opens the page of this rollout now; absent: the one in its present address does. */
  opens?: (id: RolloutId, key: string) => boolean
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

function enabledApp(deps: SlackAppDeps): SlackApp {
  const { service, store, settings, charts: source, now, log, wait = pause, opens = () => false } = deps
  const logger = boltLog(log)
  const charts = source && createCharts({ source, posts: store.posts, now, log })
  const cards = createCards({ service, posts: store.posts, charts, now })
  const { appToken, apiUrl } = settings
  const take = takeEvent({ events: store.events, now, log })
  const http = appToken ? null : httpReceiver(settings.signingSecret, take, logger)
  const socket = appToken ? socketConnection({ appToken, apiUrl, take, logger, log, wait }) : null
  const access = settings.oauth
    ? installedAccess(deps, settings.oauth, logger)
    : singleAccess(deps, wait, logger)
  const stopping = new AbortController()
  let workspaces: Workspaces | null = null
  let deliver: SlackApp['deliver'] = async () => notYet
  let running: Promise<void> = Promise.resolve()

  async function run(): Promise<void> {
    const opened = await access.open(stopping.signal)
    const receiver: Receiver | undefined = http ?? socket?.receiver
    if (opened === null || receiver === undefined) return
    const app = new App({
      authorize: async ({ teamId }, body) => {
        // A click is acknowledged before anything is asked of the database, also where the app is installed: the
        // listener asks it then. Of an event, which is acknowledged already, Bolt wants to know whether it is our own.
        if (!access.isSingle && body?.type !== 'event_callback') return { ...(teamId ? { teamId } : {}) }
        const at = await opened.of(access.isSingle ? null : (teamId ?? 'none'))
        if (at === null) throw new Error(`the app is not installed in workspace ${teamId}`)
        return { botId: at.botId, botUserId: at.botUserId, teamId: at.teamId }
      },
      receiver,
      convoStore: false,
      extendedErrorHandler: true,
      logger,
      clientOptions: { ...interactiveOptions(apiUrl, logger), fetch: fetchWithin5s },
    })
    const homes = createHomes({ service, store, workspaces: opened, now })
    registerListeners(app, { service, store, workspaces: opened, opens, cards, homes, now, log }, answerByUrl)
    const workOn = (body: Record<string, unknown>) => app.processEvent({ body, ack: async () => {} })
    deliver = createDelivery({ workspaces: opened, service, store, cards, homes, workOn, now, log })
    workspaces = opened
    log.info(access.facts(), 'Slack is connected')
    await socket?.keepOpen()
  }

  return {
    routes: async (scope) => {
      if (http) await scope.register(http.routes)
      if (access.routes) await scope.register(access.routes)
    },
    start: () => {
      running = run()
    },
    status: () => {
      const off = access.endedWhy()
      if (off !== null) return { state: 'refused', reason: off }
      if (workspaces === null) return { state: 'connecting', reason: access.waitsFor() }
      if (socket === null || socket.isOpen()) return { state: 'connected', reason: access.note() }
      return { state: 'connecting', reason: 'the Socket Mode connection is not open' }
    },
    deliver: (job) => deliver(job),
    people: pagePeople({ workspaces: () => workspaces, teams: settings.teams ?? null }),
    stop: async () => {
      stopping.abort()
      await http?.stop()
      await socket?.stop()
      await running
    },
  }
}

const notYet: DeliveryResult = { delivered: false, waitSeconds: 5, why: 'Slack is not connected yet' }

/** Nothing to deliver to: jobs end, the state is kept, and the next change draws the cards once Slack is set up. */
function disabledApp(reason: string): SlackApp {
  return {
    routes: async () => {},
    start: () => {},
    status: () => ({ state: 'disabled', reason }),
    deliver: async () => ({ delivered: true }),
    people: pagePeople({ workspaces: () => null, teams: null }),
    stop: async () => {},
  }
}

function whyDisabled(settings: SlackSettings): string | null {
  if (settings.botToken === '' && !settings.oauth) return 'SLACK_BOT_TOKEN is not set'
  if (settings.signingSecret === '' && !settings.appToken)
    return 'SLACK_SIGNING_SECRET is not set: without it, or SLACK_APP_TOKEN, no request can be trusted'
  return null
}

/** Bolt answers over response_url without a limit of its own. */
const fetchWithin5s: typeof fetch = (input, init) =>
  fetch(input, { ...init, signal: init?.signal ?? AbortSignal.timeout(5000) })

async function answerByUrl(responseUrl: string, message: object): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  const { ok, status } = await fetchWithin5s(responseUrl, {
    method: 'POST',
    headers,
    body: JSON.stringify(message),
  })
  if (!ok) throw new Error(`Slack took no answer at its response_url: status ${status}`)
}

const pause: Wait = async (ms, signal) => {
  await later(ms, undefined, { signal }).catch(() => undefined)
}
