// What the settings say of Slack: whether there is any, its app, and who signs in by it.
import type { FastifyBaseLogger } from 'fastify'
import type { Logger } from 'pino'
import { type OAuthSettings, type SlackAppDeps, slackApp } from '../bot/slack-app.ts'
import type { Settings } from './config.ts'
import type { PagePeople } from './page-people.ts'
import type { PageSignIn } from './routes/pages/sign-in-pages.ts'
import { signIn } from './sign-in.ts'

export function hasSlack(settings: Settings): boolean {
  return settings.SLACK_BOT_TOKEN !== undefined || settings.SLACK_CLIENT_ID !== undefined
}

export function slackOf(
  settings: Settings,
  oauth: OAuthSettings | null,
  parts: Pick<SlackAppDeps, 'service' | 'store' | 'charts' | 'opens'>,
  log: Logger,
) {
  if (!hasSlack(settings)) return null
  return slackApp({
    ...parts,
    settings: {
      botToken: settings.SLACK_BOT_TOKEN ?? '',
      signingSecret: settings.SLACK_SIGNING_SECRET ?? '',
      appToken: settings.SLACK_APP_TOKEN,
      apiUrl: settings.SLACK_API_URL,
      ...(oauth === null ? {} : { oauth }),
      teams: settings.SLACK_TEAMS ?? null,
    },
    now: Date.now,
    log,
  })
}

export function oauthOf(
  settings: Settings,
  stateSecret: string,
  publicUrl: () => string,
): OAuthSettings | null {
  const { SLACK_CLIENT_ID: clientId, SLACK_CLIENT_SECRET: clientSecret } = settings
  const [newest, ...older] = settings.SLACK_TOKEN_SECRET ?? []
  if (clientId === undefined || clientSecret === undefined || newest === undefined) return null
  const teams = settings.SLACK_TEAMS ?? null
  return { clientId, clientSecret, tokenSecrets: [newest, ...older], stateSecret, publicUrl, teams }
}

export function signInOf(
  settings: Settings,
  { people, publicUrl, log }: { people: PagePeople; publicUrl: () => string; log: FastifyBaseLogger },
): PageSignIn | null {
  const { SLACK_CLIENT_ID: clientId, SLACK_CLIENT_SECRET: clientSecret, SLACK_API_URL: apiUrl } = settings
  if (clientId === undefined || clientSecret === undefined) return null
  const redirectUri = () => `${publicUrl()}/signin/callback`
  return { ...signIn({ clientId, clientSecret, apiUrl, redirectUri, log }), people }
}
