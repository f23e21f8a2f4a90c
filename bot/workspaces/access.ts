// How the app comes to its workspaces: one by a bot token that Slack confirms, or any number by their installations.
import type { Logger } from '@slack/bolt'
import type { FastifyPluginAsync } from 'fastify'
import { createClients } from '../connection/clients.ts'
import { connect } from '../connection/connect.ts'
import type { OAuthSettings, SlackAppDeps, Wait } from '../slack-app.ts'
import { installRoutes } from './install.ts'
import { installedWorkspaces } from './installed-workspaces.ts'
import { sealing } from './sealing.ts'
import { singleWorkspace } from './single-workspace.ts'
import { createWorkspace, type Workspaces } from './workspace.ts'

export type Access = {
  isSingle: boolean
  /** Null when it was told to stop before Slack answered. */
  open(signal: AbortSignal): Promise<Workspaces | null>
  routes: FastifyPluginAsync | null
  /** What opening waits for. */
  waitsFor: () => string
  /** Why Slack cannot be used any more; null while it can. */
  endedWhy: () => string | null
  /** What is not as it should be although it is connected; null for nothing. */
  note: () => string | null
  /** For the log, once it is open. */
  facts: () => Record<string, string>
}

export function singleAccess(deps: SlackAppDeps, wait: Wait, logger: Logger): Access {
  const { service, settings, now, log } = deps
  const { botToken, apiUrl } = settings
  const clients = createClients({ botToken, apiUrl, logger, now })
  let reason = 'Slack has not answered yet'
  let facts: Record<string, string> = {}
  let endedWhy: () => string | null = () => null
  return {
    isSingle: true,
    async open(signal) {
      const onFailure = (why: string) => {
        reason = why
      }
      const bot = await connect({ client: clients.interactive, log, wait, signal, onFailure })
      if (bot === null) return null
      facts = { team: bot.teamId, bot: bot.botUserId }
      const only = singleWorkspace(createWorkspace({ bot, clients, service, now, log }), { now, log })
      endedWhy = only.endedWhy
      return only.workspaces
    },
    routes: null,
    waitsFor: () => reason,
    endedWhy: () => endedWhy(),
    note: () => null,
    facts: () => facts,
  }
}

export function installedAccess(deps: SlackAppDeps, settings: OAuthSettings, logger: Logger): Access {
  const { service, store, now, log } = deps
  const { apiUrl } = deps.settings
  const { installations } = store
  const seals = sealing(settings.tokenSecrets)
  const installed = installedWorkspaces({
    installations,
    sealing: seals,
    build: ({ token: botToken, ...bot }) => {
      const clients = createClients({ botToken, apiUrl, logger, now })
      return createWorkspace({ bot, clients, service, now, log })
    },
    log,
  })
  return {
    isSingle: false,
    open: async () => installed.workspaces,
    routes: installRoutes({ settings, apiUrl, installations, sealing: seals, now, logger, log }),
    waitsFor: () => 'the app starts',
    endedWhy: () => null,
    note: installed.note,
    facts: () => ({ install: `${settings.publicUrl()}/slack/install` }),
  }
}
