// Sign in with Slack, by OpenID Connect: the way there, and who came back.
//
// Without PKCE: Slack takes it from apps that gave up their secret for it, and this service keeps one
// (docs.slack.dev/changelog/2026/03/30/pkce). The state, the nonce and the client secret stand for it.
import type { FastifyBaseLogger } from 'fastify'
import * as openid from 'openid-client'
import { z } from 'zod'
import type { SlackPerson } from './page-people.ts'

/** What a browser keeps while it is at Slack. */
export const underWay = z.object({ state: z.string().min(1), nonce: z.string().min(1), to: z.string() })
export type UnderWay = z.infer<typeof underWay>

export type SignInFault =
  /** The person said no, or Slack said it for them. */
  | 'denied'
  /** Not begun in this browser, or long ago, or finished before. */
  | 'not begun here'
  /** What came back is not what Slack signs. */
  | 'not believed'
  | 'no answer'

export type SignIn = ReturnType<typeof signIn>

const slack = 'https://slack.com'
/** Real seconds. */
const patience = 10
/** How far apart this machine's clock and Slack's may be. */
const clocksApart = 60

const claims = z.object({
  'https://slack.com/team_id': z.string().min(1),
  'https://slack.com/user_id': z.string().min(1),
})

/** @param deps.apiUrl another root of the Web API: what stands in for Slack is the issuer, too. */
export function signIn(deps: {
  clientId: string
  clientSecret: string
  apiUrl: string | undefined
  redirectUri: () => string
  log: FastifyBaseLogger
}) {
  const issuer = new URL(deps.apiUrl === undefined ? slack : new URL(deps.apiUrl).origin)
  let found: Promise<openid.Configuration> | null = null

  /** What Slack announces is asked for once, at the first sign-in; again after it could not be had. */
  function configuration(): Promise<openid.Configuration> {
    found ??= openid
      .discovery(
        issuer,
        deps.clientId,
        { client_secret: deps.clientSecret, [openid.clockTolerance]: clocksApart },
        openid.ClientSecretPost(deps.clientSecret),
        {
          timeout: patience,
          execute: [
            // The signature counts, also where the token came over a connection that is believed.
            openid.enableNonRepudiationChecks,
            ...(issuer.protocol === 'http:' ? [openid.allowInsecureRequests] : []),
          ],
        },
      )
      .catch((error: unknown) => {
        found = null
        throw error
      })
    return found
  }

  return {
    /** Where to send the browser, and what it has to bring back. */
    async begin(to: string): Promise<{ url: string; kept: UnderWay } | 'no answer'> {
      const kept = { state: openid.randomState(), nonce: openid.randomNonce(), to }
      try {
        const url = openid.buildAuthorizationUrl(await configuration(), {
          redirect_uri: deps.redirectUri(),
          scope: 'openid profile',
          state: kept.state,
          nonce: kept.nonce,
        })
        return { url: url.href, kept }
      } catch (error) {
        deps.log.warn({ why: plain(error) }, 'Sign in with Slack: Slack cannot be asked how')
        return 'no answer'
      }
    },

    /** @param query of the address that Slack sent the browser back to. */
    async finish(query: string, kept: UnderWay | null): Promise<SlackPerson | SignInFault> {
      if (kept === null) return 'not begun here'
      const url = new URL(deps.redirectUri())
      url.search = query
      try {
        const tokens = await openid.authorizationCodeGrant(await configuration(), url, {
          expectedState: kept.state,
          expectedNonce: kept.nonce,
          idTokenExpected: true,
        })
        const said = claims.safeParse(tokens.claims())
        if (!said.success) return 'not believed'
        return { team: said.data['https://slack.com/team_id'], user: said.data['https://slack.com/user_id'] }
      } catch (error) {
        const fault = faultOf(error, url, kept)
        deps.log.warn({ why: plain(error), fault }, 'Sign in with Slack: refused')
        return fault
      }
    },
  }
}

function faultOf(error: unknown, { searchParams }: URL, { state }: UnderWay): SignInFault {
  if (searchParams.get('state') !== state) return 'not begun here'
  if (error instanceof openid.AuthorizationResponseError) return 'denied'
  const isAway = error instanceof TypeError || (error instanceof Error && error.name === 'TimeoutError')
  return isAway ? 'no answer' : 'not believed'
}

/** No cause and no answer of Slack: they may hold the code or a token. */
function plain(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
