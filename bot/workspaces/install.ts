// Installing the app by OAuth: the way to Slack and back, and what is kept of it.
import type { ServerResponse } from 'node:http'
import type { Logger } from '@slack/bolt'
import {
  type CallbackOptions,
  type Installation,
  InstallProvider,
  type InstallURLOptions,
} from '@slack/oauth'
import { WebClient } from '@slack/web-api'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import type { BaseLogger } from 'pino'
import type { SlackInstallations } from '../../server/service.ts'
import { address } from '../connection/clients.ts'
import manifest from '../manifest.json' with { type: 'json' }
import { failed, installed, whyRefused, workspaceOf } from './install-outcomes.ts'
import { type InstallPage, installPage } from './install-pages.ts'
import type { Sealing } from './sealing.ts'

export type InstallSettings = {
  clientId: string
  clientSecret: string
  /** Signs the state that goes to Slack and comes back. */
  stateSecret: string
  /** Where people reach this service, without a slash at its end. */
  publicUrl: () => string
  /** Ids of the workspaces that may install the app; null: every one that Slack lets. */
  teams: string[] | null
}

const redirectPath = '/slack/oauth_redirect'
const installPath = '/slack/install'

export function installRoutes(deps: {
  settings: InstallSettings
  apiUrl: string | undefined
  installations: SlackInstallations
  sealing: Sealing
  now: () => number
  logger: Logger
  log: BaseLogger
}): FastifyPluginAsync {
  const { settings, apiUrl, installations, sealing, now, logger, log } = deps
  const clientOptions = { ...address(apiUrl), timeout: 10_000, retryConfig: { retries: 1, minTimeout: 100 } }

  const provider = new InstallProvider({
    clientId: settings.clientId,
    clientSecret: settings.clientSecret,
    stateSecret: settings.stateSecret,
    authorizationUrl: authorizationUrl(apiUrl),
    // What fails there is somebody's visit, not a fault of the service; the outcomes below say which.
    logger: { ...logger, error: logger.info },
    clientOptions,
    renderHtmlForInstallPath: (url) =>
      installPage({
        title: 'Install Firstpass in Slack',
        paragraphs: [
          'Firstpass rolls new builds of test procedures out to test stations, stage by stage, from Slack.',
          'Slack asks which workspace it is for, and shows what the app may do there.',
        ],
        link: { url, label: 'Choose a workspace in Slack' },
      }),
    installationStore: {
      storeInstallation: (installation) => keep(installation),
      fetchInstallation: async () => {
        throw new Error('installations are read by the workspaces, not by the provider')
      },
    },
  })

  async function keep(installation: Installation): Promise<void> {
    const team = workspaceOf(installation)
    if (team === null) throw new Error('an installation without a workspace or a bot cannot be kept')
    await installations.save({
      team: team.id,
      teamName: team.name,
      sealed: sealing.seal(JSON.stringify(installation), team.id),
      installedBy: installation.user.id,
      installedAt: now(),
    })
    log.info({ team: team.id, by: installation.user.id }, `Slack: the app was installed in ${team.name}`)
  }

  const callback: CallbackOptions = {
    async afterInstallation(installation, _options, _request, response) {
      const refused = whyRefused(installation, settings.teams)
      if (refused === null) return true
      await giveBack(installation)
      log.warn({ team: installation.team?.id, why: refused.title }, 'Slack: an installation was refused')
      show(response, 403, refused)
      return false
    },
    success: (installation, _options, _request, response) => {
      const team = workspaceOf(installation)
      if (team !== null) show(response, 200, installed(team, installation.appId))
    },
    failure: (error, _options, _request, response) => {
      log.warn({ code: error.code }, `Slack: an installation failed: ${error.message}`)
      show(response, 400, failed(error))
    },
  }

  /** Best effort: a token that nobody keeps should not stay valid. */
  async function giveBack(installation: Pick<Installation, 'bot'>): Promise<void> {
    if (!installation.bot) return
    try {
      await new WebClient(installation.bot.token, { ...clientOptions, logger }).auth.revoke()
    } catch (error) {
      log.debug({ err: error }, 'the token of a refused installation could not be revoked')
    }
  }

  return async (scope) => {
    scope.get(installPath, { schema: { hide: true } }, async (request, reply) => {
      const options: InstallURLOptions = {
        scopes: manifest.oauth_config.scopes.bot,
        redirectUri: `${settings.publicUrl()}${redirectPath}`,
      }
      takeOver(reply)
      await provider.handleInstallPath(request.raw, reply.raw, undefined, options)
    })
    scope.get(redirectPath, { schema: { hide: true } }, async (request: FastifyRequest, reply) => {
      takeOver(reply)
      await provider.handleCallback(request.raw, reply.raw, callback)
    })
  }
}

/** The provider writes to Node's response. The address of these pages holds a code that is nobody else's business. */
function takeOver(reply: FastifyReply): void {
  reply.hijack()
  const headers = {
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  }
  for (const [name, value] of Object.entries(headers)) reply.raw.setHeader(name, value)
}

function show(response: ServerResponse, status: number, page: InstallPage): void {
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8' })
  response.end(installPage(page))
}

/** Slack's own pages lie beside its API, also where the API is another than slack.com's. */
function authorizationUrl(apiUrl: string | undefined): string {
  return new URL('../oauth/v2/authorize', apiUrl ?? 'https://slack.com/api/').href
}
