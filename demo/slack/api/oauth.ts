// oauth.v2.access: a code that a person's browser brought back becomes a bot token.
import { z } from 'zod'
import type { World } from '../state/world.ts'
import { type Answer, type Args, refuse, text } from './answer.ts'
import { type Credentials, wrongCredentials } from './auth.ts'

const access = z.object({
  client_id: text,
  client_secret: text,
  code: text,
  redirect_uri: text,
  grant_type: text,
})

/** `basic` are the credentials of an Authorization header, which take precedence over those in the body. */
export function exchangeCode(
  args: Args,
  basic: { client_id: string; client_secret: string } | undefined,
  credentials: Credentials | undefined,
  worlds: World[],
): Answer {
  const parsed = access.safeParse(args)
  if (!parsed.success) return refuse('invalid_arguments')
  const wrong = wrongCredentials({ ...parsed.data, ...basic }, credentials)
  if (wrong) return refuse(wrong)
  const { code, redirect_uri, grant_type } = parsed.data
  if (grant_type !== undefined && grant_type !== 'authorization_code') return refuse('invalid_grant_type')
  const [first] = worlds
  const grant = first?.installations.redeem(code ?? '', redirect_uri) ?? { error: 'invalid_code' }
  if ('error' in grant) return refuse(grant.error)
  const world = worlds.find((one) => one.team.teamId === grant.teamId)
  if (!world) return refuse('invalid_code')
  const installation = world.installations.install(grant)
  world.changes.happened()
  return {
    ok: true,
    app_id: world.team.appId,
    authed_user: { id: grant.by },
    scope: installation.scopes.join(','),
    token_type: 'bot',
    access_token: installation.token,
    bot_user_id: world.team.botUserId,
    team: { id: world.team.teamId, name: world.team.name },
    enterprise: null,
    is_enterprise_install: false,
  }
}

/** RFC 7617: `Basic base64(id:secret)`. */
export function basicCredentials(
  header: string | undefined,
): { client_id: string; client_secret: string } | undefined {
  const [, encoded] = /^Basic (.+)$/.exec(header ?? '') ?? []
  if (encoded === undefined) return undefined
  const [id = '', ...secret] = Buffer.from(encoded, 'base64').toString().split(':')
  return { client_id: decodeURIComponent(id), client_secret: decodeURIComponent(secret.join(':')) }
}
