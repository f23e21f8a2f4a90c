// A Slack workspace on this machine: the Web API an app calls, the requests an app gets, and people who act.
import Fastify, { type FastifyInstance } from 'fastify'
import { bodyParsers } from './api/body.ts'
import { apiRoutes } from './api/routes.ts'
import { eventDelivery } from './app/deliver-event.ts'
import { sendToApp } from './app/send-to-app.ts'
import { toApp } from './app/to-app.ts'
import { imageIsPublic } from './blocks/check-images.ts'
import { pageRoutes } from './page/routes.ts'
import { people } from './people/people.ts'
import { type DisconnectReason, socketMode } from './socket/socket-mode.ts'
import { type Channel, defaultChannels, defaultUsers, type User, type UserGroup } from './state/directory.ts'
import { defaultTeam, type Team } from './state/team.ts'
import { world } from './state/world.ts'

export type SlackWorkspaceOptions = {
  /** 0 takes any free port; a taken one is an error. */
  port?: number
  host?: string
  /** Where the app takes Slack's requests; read at every request, since the app may start later. */
  appUrl?: () => string
  /** Turns Socket Mode on: requests go over the app's connections while there are any. */
  appToken?: string
  signingSecret: string
  botToken: string
  users?: User[]
  channels?: Channel[]
  userGroups?: UserGroup[]
  team?: Team
  commands?: string[]
  /** Hosts whose links the app asked to hear of. */
  unfurlDomains?: string[]
  now?: () => number
  ackTimeoutMs?: number
  eventRetryDelaysMs?: number[]
  /** How long an uploaded file cannot be shown yet. */
  fileProcessingMs?: number
  /** Whether Slack can fetch an image; by default it really tries, and never on a private address. */
  imageIsReachable?: (url: string) => Promise<boolean>
}

export type SlackWorkspace = Awaited<ReturnType<typeof startSlackWorkspace>>

export async function startSlackWorkspace(options: SlackWorkspaceOptions) {
  const now = options.now ?? Date.now
  const host = options.host ?? '127.0.0.1'
  const server = Fastify({ forceCloseConnections: true, bodyLimit: 50_000_000 })
  const known = world({
    team: options.team ?? defaultTeam,
    users: options.users ?? defaultUsers,
    channels: options.channels ?? defaultChannels,
    userGroups: options.userGroups ?? [],
    now,
    baseUrl: () => `http://${host}:${portOf(server)}`,
    fileProcessingMs: options.fileProcessingMs ?? 250,
    imageIsReachable: options.imageIsReachable ?? imageIsPublic,
  })
  const ackTimeoutMs = options.ackTimeoutMs ?? 3000
  const { appUrl, signingSecret } = options
  const http = appUrl ? sendToApp({ appUrl, signingSecret, now, ackTimeoutMs }) : null
  const socket = options.appToken ? socketMode({ ...known, appId: known.team.appId, ackTimeoutMs }) : null
  const app = toApp({ http, socket })
  const events = eventDelivery({
    world: known,
    app,
    retryDelaysMs: options.eventRetryDelaysMs ?? [0, 60_000, 300_000],
  })
  const acts = people({
    world: known,
    app,
    events,
    commands: options.commands ?? ['/rollout'],
    unfurlDomains: options.unfurlDomains ?? [],
  })

  bodyParsers(server)
  apiRoutes(server, known, {
    botToken: options.botToken,
    ...(socket && options.appToken
      ? { socketMode: { appToken: options.appToken, issueUrl: socket.issueUrl } }
      : {}),
  })
  if (socket) server.server.on('upgrade', socket.upgrade)
  pageRoutes(server, known, acts)
  await listen(server, host, options.port ?? 0)

  return {
    url: `${known.baseUrl()}/`,
    apiUrl: `${known.baseUrl()}/api/`,
    team: known.team,
    ...acts,
    /** Top-level messages of a channel, or of the direct message with a user id, oldest first. */
    messages: (channel: string) =>
      known.messages.inChannel(known.directory.conversation(channel)?.id ?? channel),
    /** A message and its replies. */
    thread: (channel: string, ts: string) =>
      known.messages.thread(known.directory.conversation(channel)?.id ?? channel, ts),
    ephemerals: known.messages.ephemerals,
    /** Open modals of a person, the one in front last. */
    views: known.views.stack,
    home: known.views.home,
    files: known.files.all,
    notices: known.notices.of,
    faults: { set: known.faults.set, clear: known.faults.clear, active: known.faults.active },
    calls: known.calls.all,
    waitFor: known.changes.waitFor,
    /** The app's Socket Mode connections. */
    sockets: {
      count: () => socket?.count() ?? 0,
      disconnect: (reason: DisconnectReason) => socket?.disconnect(reason),
      drop: () => socket?.drop(),
    },
    close: async () => {
      events.stop()
      socket?.stop()
      await server.close()
    },
  }
}

function portOf(server: FastifyInstance): number {
  const address = server.server.address()
  return address !== null && typeof address === 'object' ? address.port : 0
}

async function listen(server: FastifyInstance, host: string, port: number): Promise<void> {
  try {
    await server.listen({ host, port })
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')
      throw new Error(`port ${port} of ${host} is taken; stop what listens there or choose another port`)
    throw error
  }
}
