// A person adds the app to the workspace, refuses to, or takes it out again.
import type { Credentials } from '../api/auth.ts'
import { refused } from '../app/outcome.ts'
import type { World } from '../state/world.ts'
import { personIn } from './acting.ts'

export type AuthorizeRequest = {
  clientId: string
  scopes: string[]
  redirectUri: string | undefined
  state: string | undefined
}

/** What the query of an authorize URL asks for, or why Slack shows an error instead of the question. */
export function readAuthorize(
  query: URLSearchParams,
  credentials: Credentials | undefined,
): AuthorizeRequest | { fault: string } {
  const clientId = query.get('client_id') ?? ''
  if (!credentials || clientId !== credentials.clientId)
    return { fault: 'invalid_client_id: there is no app with this client_id' }
  const scopes = (query.get('scope') ?? '').split(/[\s,]+/).filter(Boolean)
  if (scopes.length === 0) return { fault: 'invalid_scope: no scopes requested' }
  const strange = scopes.filter((scope) => !/^[a-z_]+(:[a-z_.]+)?$/.test(scope))
  if (strange.length > 0) return { fault: `invalid_scope: ${strange.join(', ')}` }
  const redirectUri = query.get('redirect_uri') ?? undefined
  if (redirectUri !== undefined && !credentials.redirectUrls.some((url) => isBelow(redirectUri, url)))
    return { fault: 'redirect_uri did not match any configured URIs' }
  return { clientId, scopes, redirectUri, state: query.get('state') ?? undefined }
}

/** Where the browser goes after the person's answer. */
export function answerAuthorize(
  asked: AuthorizeRequest,
  given: { user: string; allow: boolean },
  credentials: Credentials,
  world: World,
): { location: string } | { fault: string } {
  const person = personIn(world, given.user)
  if ('absent' in person) return { fault: `there is no user ${given.user} in ${world.team.name}` }
  const to = asked.redirectUri ?? credentials.redirectUrls[0]
  if (to === undefined) return { fault: 'the app has no redirect URL' }
  const location = new URL(to)
  if (given.allow) {
    const { scopes, redirectUri } = asked
    const code = world.installations.issueCode({
      teamId: world.team.teamId,
      by: given.user,
      scopes,
      redirectUri,
    })
    location.searchParams.set('code', code)
  } else location.searchParams.set('error', 'access_denied')
  location.searchParams.set('state', asked.state ?? '')
  return { location: location.href }
}

/** A person's way through the authorize page, and an admin's through the list of apps. */
export function installing({ world, credentials }: { world: World; credentials: Credentials | undefined }) {
  return {
    authorize: (input: { user: string; url: string; allow?: boolean }) => {
      const asked = readAuthorize(new URL(input.url).searchParams, credentials)
      if ('fault' in asked || !credentials) return 'fault' in asked ? asked : { fault: 'no credentials' }
      return answerAuthorize(asked, { user: input.user, allow: input.allow ?? true }, credentials, world)
    },
    /** The token dies with it, and the app is told. */
    uninstall: () => {
      const installation = world.installations.ofTeam(world.team.teamId)
      if (!installation) return refused(`the app is not installed in ${world.team.name}`)
      world.installations.end(installation, 'account_inactive')
      return { ok: true as const }
    },
    revokeToken: () => {
      const installation = world.installations.ofTeam(world.team.teamId)
      if (!installation) return refused(`the app is not installed in ${world.team.name}`)
      world.installations.end(installation, 'token_revoked')
      return { ok: true as const }
    },
  }
}

/** Slack compares the beginning of the address, up to a whole part of its path. */
function isBelow(url: string, configured: string): boolean {
  if (!URL.canParse(url)) return false
  const [asked, allowed] = [new URL(url), new URL(configured)]
  const base = allowed.pathname.replace(/\/$/, '')
  return asked.origin === allowed.origin && (asked.pathname === base || asked.pathname.startsWith(`${base}/`))
}
