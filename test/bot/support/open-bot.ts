// The real app in a real Fastify, talking to the local Slack workspace: both close with the test.

import Fastify from 'fastify'
import pino from 'pino'
import { onTestFinished } from 'vitest'
import type { ChartSource } from '../../../bot/deliveries/charts.ts'
import {
  type OAuthSettings,
  type SlackAppDeps,
  type SlackSettings,
  slackApp,
  type Wait,
} from '../../../bot/slack-app.ts'
import { type SlackWorkspaceOptions, startSlackWorkspace } from '../../../demo/slack/workspace.ts'
import type { Delivery, DeliveryResult } from '../../../server/service.ts'
import { type FakeService, fakeService } from './fake-service.ts'
import { type MemoryStore, memoryStore } from './memory-store.ts'

export const channel = 'C0ROLLOUTS'
export const signingSecret = 'a-secret-only-slack-knows'
export const botToken = 'xoxb-test'
export const appToken = 'xapp-test'
const tooFast = 'Slack asks for fewer calls'
/** What the owner of an app knows of it. */
export const client = { clientId: '1.2', clientSecret: 'client-secret' }
/** The two ways by which Slack's requests reach the app. */
export type Door = 'http' | 'socket'

type Options = {
  charts?: ChartSource
  /** Whether a key opens a page; by default the present one does. */
  opens?: NonNullable<SlackAppDeps['opens']>
  /** By default Slack's requests come over signed HTTP. */
  door?: Door
  service?: FakeService
  settings?: Partial<SlackSettings>
  workspace?: Partial<SlackWorkspaceOptions>
  wait?: Wait
  /** Workspaces install the app themselves: there is no bot token. */
  oauth?: Partial<OAuthSettings>
  /** Another one's, to stand beside it. */
  store?: MemoryStore
  /** Do not wait until Slack is connected. */
  connecting?: boolean
  /** Slack answers with faults until they are cleared. */
  away?: boolean
}

export async function openBot(options: Options = {}) {
  const service = options.service ?? fakeService()
  const store = options.store ?? memoryStore()
  const clock = { now: Date.now() }
  const logged: string[] = []
  const connected = Promise.withResolvers<void>()
  const overSocket = options.door === 'socket'
  const ready = overSocket ? 'the Socket Mode connection to Slack is open' : '"Slack is connected"'
  const write = (line: string) => {
    logged.push(line)
    if (line.includes(ready)) connected.resolve()
  }
  const log = pino({ level: 'debug' }, { write })
  const server = Fastify({ forceCloseConnections: true })
  let appUrl = ''
  const redirectUrls: string[] = []
  const workspace = await startSlackWorkspace({
    ...(overSocket ? { appToken } : { appUrl: () => appUrl }),
    signingSecret,
    ...(options.oauth ? { oauth: { ...client, redirectUrls } } : { botToken }),
    ...options.workspace,
  })
  const bot = slackApp({
    service,
    store,
    settings: {
      ...(options.oauth ? { botToken: '', oauth: oauthSettings(options.oauth) } : { botToken }),
      ...(overSocket ? { signingSecret: '', appToken } : { signingSecret }),
      apiUrl: workspace.apiUrl,
      ...options.settings,
    },
    now: () => clock.now,
    log,
    ...(options.opens ? { opens: options.opens } : {}),
    ...(options.wait ? { wait: options.wait } : {}),
    ...(options.charts ? { charts: options.charts } : {}),
  })
  // As the queue does, soon after.
  store.onEvent = (eventId, body) => void bot.deliver({ kind: 'event', eventId, body })
  await server.register(bot.routes)
  await server.listen({ host: '127.0.0.1', port: 0 })
  appUrl = `${server.listeningOrigin}/slack/events`
  redirectUrls.push(`${server.listeningOrigin}/slack/oauth_redirect`)
  function oauthSettings(given: Partial<OAuthSettings>): OAuthSettings {
    return {
      ...client,
      stateSecret: 'a-secret-that-signs-the-state',
      tokenSecrets: ['a-secret-of-thirty-two-characters'],
      publicUrl: () => server.listeningOrigin,
      teams: null,
      ...given,
    }
  }
  onTestFinished(async () => {
    await bot.stop()
    await server.close()
    await workspace.close()
  })
  if (options.away) workspace.faults.set({ kind: 'error500' })
  bot.start()
  if (!options.connecting) await connected.promise
  /** As the queue does, which comes again when a channel has had its second; the clock passes meanwhile. */
  async function deliver(job: Delivery): Promise<DeliveryResult> {
    for (let turn = 0; turn < 20; turn += 1) {
      const result = await bot.deliver(job)
      if (result.delivered || result.waitSeconds !== 1 || result.why !== tooFast || job.kind === 'home')
        return result
      clock.now += 1000
    }
    throw new Error('a delivery was held back twenty times')
  }
  return {
    bot: { ...bot, deliver },
    deliverOnce: bot.deliver,
    service,
    store,
    clock,
    logged,
    server,
    workspace,
    connected: connected.promise,
    appUrl,
  }
}

export type OpenBot = Awaited<ReturnType<typeof openBot>>

/** The next ephemeral answer to this person that says all of it. */
export async function answerTo(open: OpenBot, user: string, ...says: (string | RegExp)[]): Promise<string> {
  const fits = (text: string) =>
    says.every((part) => (typeof part === 'string' ? text.includes(part) : part.test(text)))
  const found = () => open.workspace.ephemerals(user).find((message) => fits(message.text))
  await open.workspace
    .waitFor(() => found() !== undefined, 2000)
    .catch(() => {
      const texts = open.workspace.ephemerals(user).map((message) => message.text)
      throw new Error(
        `expected an answer with ${says.join(' and ')}; there are:\n${texts.join('\n---\n') || 'none'}`,
      )
    })
  return found()?.text ?? ''
}
