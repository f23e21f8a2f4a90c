// Sign in with Slack, as OpenID Connect: what Slack announces of it, its keys, and a code that becomes a token.
import { randomBytes } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { SignIns } from '../state/sign-ins.ts'
import { type Answer, type Args, refuse, text } from './answer.ts'
import { type Credentials, wrongCredentials } from './auth.ts'

const access = z.object({
  client_id: text,
  client_secret: text,
  code: text,
  redirect_uri: text,
  grant_type: text,
})

/** The same fields as https://slack.com/.well-known/openid-configuration. */
export function openIdRoutes(server: FastifyInstance, signIns: SignIns, baseUrl: () => string): void {
  server.get('/.well-known/openid-configuration', () => ({
    issuer: baseUrl(),
    authorization_endpoint: `${baseUrl()}/openid/connect/authorize`,
    token_endpoint: `${baseUrl()}/api/openid.connect.token`,
    userinfo_endpoint: `${baseUrl()}/api/openid.connect.userInfo`,
    jwks_uri: `${baseUrl()}/openid/connect/keys`,
    scopes_supported: ['openid', 'profile', 'email'],
    response_types_supported: ['code'],
    response_modes_supported: ['form_post'],
    grant_types_supported: ['authorization_code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    claims_supported: ['sub', 'auth_time', 'iss'],
    claims_parameter_supported: false,
    request_parameter_supported: false,
    request_uri_parameter_supported: true,
    token_endpoint_auth_methods_supported: ['client_secret_post', 'client_secret_basic'],
  }))

  server.get('/openid/connect/keys', () => signIns.publicKeys())
}

/** openid.connect.token. `basic` are the credentials of an Authorization header. */
export async function exchangeSignIn(
  args: Args,
  basic: { client_id: string; client_secret: string } | undefined,
  credentials: Credentials | undefined,
  { signIns, issuer }: { signIns: SignIns; issuer: string },
): Promise<Answer> {
  const parsed = access.safeParse(args)
  if (!parsed.success) return refuse('invalid_arguments')
  const given = { ...parsed.data, ...basic }
  const wrong = wrongCredentials(given, credentials)
  if (wrong) return refuse(wrong)
  if (given.grant_type !== 'authorization_code') return refuse('invalid_grant_type')
  const signIn = signIns.redeem(given.code ?? '', given.client_id ?? '', given.redirect_uri)
  if (!signIn) return refuse('invalid_code')
  const accessToken = `xoxp-${randomBytes(12).toString('hex')}`
  return {
    ok: true,
    access_token: accessToken,
    token_type: 'Bearer',
    id_token: await signIns.idToken(signIn, issuer, accessToken),
  }
}
