// A person signs in elsewhere with this Slack, or refuses to.
import type { Credentials } from '../api/auth.ts'
import type { World } from '../state/world.ts'
import { personIn } from './acting.ts'
import { readAuthorize } from './installing.ts'

export type SignInRequest = {
  clientId: string
  scopes: string[]
  redirectUri: string
  state: string | undefined
  nonce: string | undefined
}

/** What the query asks for, or why Slack shows an error instead of the question. */
export function readSignIn(
  query: URLSearchParams,
  credentials: Credentials | undefined,
): SignInRequest | { fault: string } {
  const asked = readAuthorize(query, credentials)
  if ('fault' in asked) return asked
  const { clientId, scopes, redirectUri, state } = asked
  if (query.get('response_type') !== 'code') return { fault: 'invalid_response_type: expected code' }
  if (!scopes.includes('openid') || scopes.some((scope) => !['openid', 'profile', 'email'].includes(scope)))
    return { fault: 'invalid_scope: expected openid, and beside it profile and email alone' }
  if (redirectUri === undefined) return { fault: 'redirect_uri did not match any configured URIs' }
  return { clientId, scopes, redirectUri, state, nonce: query.get('nonce') ?? undefined }
}

/** Where the browser goes after the person's answer. */
export function answerSignIn(
  asked: SignInRequest,
  given: { user: string; allow: boolean },
  world: World,
): { location: string } | { fault: string } {
  const person = personIn(world, given.user)
  if ('absent' in person) return { fault: `there is no user ${given.user} in ${world.team.name}` }
  const location = new URL(asked.redirectUri)
  if (given.allow)
    location.searchParams.set(
      'code',
      world.signIns.issueCode({
        clientId: asked.clientId,
        teamId: world.team.teamId,
        teamName: world.team.name,
        user: { id: given.user, name: person.user.realName, email: person.user.email },
        nonce: asked.nonce,
        redirectUri: asked.redirectUri,
      }),
    )
  else location.searchParams.set('error', 'access_denied')
  if (asked.state !== undefined) location.searchParams.set('state', asked.state)
  return { location: location.href }
}

/** A person's way through the page that asks: from the address they were sent to, to the one they are sent on to. */
export function signingIn({ world, credentials }: { world: World; credentials: Credentials | undefined }) {
  return (input: { user: string; url: string; allow?: boolean }) => {
    const asked = readSignIn(new URL(input.url).searchParams, credentials)
    if ('fault' in asked) return asked
    return answerSignIn(asked, { user: input.user, allow: input.allow ?? true }, world)
  }
}
