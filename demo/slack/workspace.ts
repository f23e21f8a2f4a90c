// A Slack on this machine: the Web API an app calls, the requests an app gets, and people who act, in each workspace.
import Fastify, { type FastifyInstance } from 'fastify'
import type { Credentials } from './api/auth.ts'
import { bodyParsers } from './api/body.ts'
import { openIdRoutes } from './api/openid.ts'
import { apiRoutes } from './api/routes.ts'
import { eventDelivery } from './app/deliver-event.ts'
import { sendToApp } from './app/send-to-app.ts'
import { type ToApp, toApp } from './app/to-app.ts'
import { imageIsPublic } from './blocks/check-images.ts'
import { authorizeRoutes } from './page/authorize.ts'
import { pageRoutes } from './page/routes.ts'
import { signInRoutes } from './page/sign-in.ts'
import { people } from './people/people.ts'
import type { OfferedShortcut } from './people/shortcut.ts'
import { type DisconnectReason, socketMode } from './socket/socket-mode.ts'
import {
  type Channel,
  defaultChannels,
  defaultUserGroups,
  defaultUsers,
  type User,
  type UserGroup,
} from './state/directory.ts'
import { defaultScopes } from './state/installations.ts'
import { type Shared, shared } from './state/shared.ts'
import { defaultTeam, type Plan, type Team } from './state/team.ts'
import { type World, world } from './state/world.ts'

export type TeamOptions = {
  team?: Team
  users?: User[]
  channels?: Channel[]
  userGroups?: UserGroup[]
  plan?: Plan
  /** Installed from the start with this token; absent: not before somebody installs it. */
  botToken?: string
  /** What the token may do; by default what Firstpass asks for. */
  scopes?: string[]
}

export type SlackWorkspaceOptions = TeamOptions & {
  /** 0 takes any free port; a taken one is an error. */
  port?: number
  host?: string
  /** Where the app takes Slack's requests; read at every request, since the app may start later. */
  appUrl?: () => string
  signingSecret: string
  /** Turns Socket Mode on: requests go over the app's connections while there are any. */
  appToken?: string
  /** Makes the app one that people install themselves, and sign in with. */
  oauth?: Credentials
  /** More workspaces of this Slack. */
  otherTeams?: (TeamOptions & { team: Team })[]
  commands?: string[]
  shortcuts?: OfferedShortcut[]
  /** Hosts whose links the app asked to hear of. */
  unfurlDomains?: string[]
  now?: () => number
  /** Slack's own limits of calls a minute, beside the faults that are set. */
  rateLimits?: boolean
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
  const baseUrl = () => `http://${host}:${portOf(server)}`
  const common = shared({ now, enforceRates: options.rateLimits ?? false })
  const ackTimeoutMs = options.ackTimeoutMs ?? 3000
  const { appUrl, signingSecret, appToken, oauth } = options
  const http = appUrl ? sendToApp({ appUrl, signingSecret, now, ackTimeoutMs }) : null
  const appId = (options.team ?? defaultTeam).appId
  const socket = appToken ? socketMode({ ...common, appId, baseUrl, ackTimeoutMs }) : null
  const app = toApp({ http, socket })
  const teams = [options, ...(options.otherTeams ?? [])].map((team) =>
    startTeam(team, { options, common, baseUrl, app, socketCount: () => socket?.count() ?? 0 }),
  )
  const [first, ...others] = teams
  if (!first) throw new Error('expected one workspace at least')
  common.installations.onEnd(({ teamId }, end) => {
    const { world, events } = teams.find((one) => one.world.team.teamId === teamId) ?? first
    void events.send({ type: 'tokens_revoked', tokens: { oauth: [], bot: [world.team.botUserId] } })
    if (end === 'account_inactive') void events.send({ type: 'app_uninstalled' })
    common.changes.happened()
  })

  const worlds = teams.map((team) => team.world)
  bodyParsers(server)
  const socketAccess = socket && appToken ? { appToken, issueUrl: socket.issueUrl } : undefined
  apiRoutes(server, { shared: common, worlds, credentials: oauth, socketMode: socketAccess, baseUrl })
  openIdRoutes(server, common.signIns, baseUrl)
  authorizeRoutes(server, worlds, oauth)
  signInRoutes(server, worlds, oauth)
  pageRoutes(server, teams, { shortcuts: options.shortcuts ?? [], dropSockets: () => socket?.drop() })
  if (socket) server.server.on('upgrade', socket.upgrade)
  await listen(server, host, options.port ?? 0)

  return {
    url: `${baseUrl()}/`,
    apiUrl: `${baseUrl()}/api/`,
    ...first.handle,
    /** Everything of another workspace of this Slack, by its id. */
    inTeam: (teamId: string) => {
      const found = [first, ...others].find((one) => one.world.team.teamId === teamId)
      if (!found) throw new Error(`there is no workspace ${teamId}`)
      return found.handle
    },
    faults: { set: common.faults.set, clear: common.faults.clear, active: common.faults.active },
    calls: common.calls.all,
    /** Makes the next token of a sign-in a wrong one. */
    forgeNextSignIn: common.signIns.forgeNext,
    waitFor: common.changes.waitFor,
    /** The app's Socket Mode connections. */
    sockets: {
      count: () => socket?.count() ?? 0,
      disconnect: (reason: DisconnectReason) => socket?.disconnect(reason),
      drop: () => socket?.drop(),
    },
    close: async () => {
      for (const { events } of teams) events.stop()
      socket?.stop()
      await server.close()
    },
  }
}

export type RunningTeam = ReturnType<typeof startTeam>

function startTeam(
  own: TeamOptions,
  given: {
    options: SlackWorkspaceOptions
    common: Shared
    baseUrl: () => string
    app: ToApp
    socketCount: () => number
  },
) {
  const { options, common, baseUrl, app, socketCount } = given
  const known = world({
    shared: common,
    team: own.team ?? defaultTeam,
    plan: own.plan ?? 'paid',
    users: own.users ?? defaultUsers,
    channels: own.channels ?? defaultChannels,
    userGroups: own.userGroups ?? defaultUserGroups,
    baseUrl,
    socketCount,
    fileProcessingMs: options.fileProcessingMs ?? 250,
    imageIsReachable: options.imageIsReachable ?? imageIsPublic,
  })
  const { teamId } = known.team
  if (own.botToken !== undefined)
    common.installations.install({
      teamId,
      token: own.botToken,
      scopes: own.scopes ?? defaultScopes,
      by: known.directory.people()[0]?.id ?? '',
    })
  const retryDelaysMs = options.eventRetryDelaysMs ?? [0, 60_000, 300_000]
  const events = eventDelivery({ world: known, app, retryDelaysMs })
  const acts = people({
    world: known,
    app,
    events,
    commands: options.commands ?? ['/rollout'],
    unfurlDomains: options.unfurlDomains ?? [],
    credentials: options.oauth,
  })
  return { world: known, events, acts, handle: handleOf(known, acts) }
}

function handleOf(known: World, acts: ReturnType<typeof people>) {
  const idOf = (channel: string) => known.directory.conversation(channel)?.id ?? channel
  return {
    team: known.team,
    ...acts,
    /** Top-level messages of a channel, or of the direct message with a user id, oldest first. */
    messages: (channel: string) => known.messages.inChannel(idOf(channel)),
    /** A message and its replies. */
    thread: (channel: string, ts: string) => known.messages.thread(idOf(channel), ts),
    ephemerals: known.messages.ephemerals,
    /** Open modals of a person, the one in front last. */
    views: known.views.stack,
    home: known.views.home,
    files: known.files.all,
    notices: known.notices.of,
    /** What a person has not read yet in a conversation, and how much of it calls them. */
    unread: (user: string, channel: string) => known.readMarks.unread(user, idOf(channel)),
    read: (user: string, channel: string) => known.readMarks.read(user, idOf(channel)),
    isInstalled: known.isInstalled,
    /** As an admin does by hand: archive a channel, take the app out of it, deactivate a person. */
    changeChannel: known.directory.changeChannel,
    changeUser: known.directory.changeUser,
    /** As an admin deletes somebody's message. */
    deleteMessage: (channel: string, ts: string) => known.messages.remove(idOf(channel), ts),
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
