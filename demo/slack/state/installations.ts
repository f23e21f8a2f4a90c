// Where the app is installed: one bot token a workspace, what it may do, and the codes that are exchanged for it.
import { randomBytes } from 'node:crypto'

/** What Firstpass asks for, and no more. */
export const defaultScopes = [
  'app_mentions:read',
  'channels:read',
  'chat:write',
  'commands',
  'files:write',
  'groups:read',
  'im:write',
  'links:read',
  'links:write',
  'usergroups:read',
  'users:read',
  'users:read.email',
]

const codeLifetimeMs = 10 * 60_000

export type Installation = { teamId: string; token: string; scopes: string[]; by: string }
export type Grant = { teamId: string; by: string; scopes: string[]; redirectUri: string | undefined }
/** How a token ended: `token_revoked` alone, or with it the whole app (`account_inactive`). */
export type End = 'token_revoked' | 'account_inactive'

export function installations(deps: { now: () => number }) {
  const live = new Map<string, Installation>()
  const ended = new Map<string, End>()
  const codes = new Map<string, Grant & { issuedAt: number }>()
  const listeners = new Set<(installation: Installation, end: End) => void>()

  /** Installing once more keeps the token and adds scopes, as Slack does. */
  function install(given: { teamId: string; by: string; scopes: string[]; token?: string }): Installation {
    const before = ofTeam(given.teamId)
    const installation = {
      teamId: given.teamId,
      by: given.by,
      token: given.token ?? before?.token ?? `xoxb-${given.teamId}-${randomBytes(12).toString('hex')}`,
      scopes: [...new Set([...(before?.scopes ?? []), ...given.scopes])].sort(),
    }
    if (before) live.delete(before.token)
    live.set(installation.token, installation)
    return installation
  }

  function ofTeam(teamId: string): Installation | undefined {
    return [...live.values()].find((one) => one.teamId === teamId)
  }

  function find(token: string): Installation | { error: string } {
    return live.get(token) ?? { error: ended.get(token) ?? 'invalid_auth' }
  }

  function end(installation: Installation, how: End): void {
    if (!live.delete(installation.token)) return
    ended.set(installation.token, how)
    for (const listener of listeners) listener(installation, how)
  }

  function issueCode(grant: Grant): string {
    const code = `${randomBytes(6).toString('hex')}.${randomBytes(16).toString('hex')}`
    codes.set(code, { ...grant, issuedAt: deps.now() })
    return code
  }

  /** A code is good once, for ten minutes, and for the address it was sent to. */
  function redeem(code: string, redirectUri: string | undefined): Grant | { error: string } {
    const grant = codes.get(code)
    if (!grant || deps.now() - grant.issuedAt > codeLifetimeMs) return { error: 'invalid_code' }
    if (grant.redirectUri !== redirectUri) return { error: 'bad_redirect_uri' }
    codes.delete(code)
    return grant
  }

  return {
    install,
    ofTeam,
    find,
    end,
    issueCode,
    redeem,
    onEnd: (listener: (installation: Installation, end: End) => void) => void listeners.add(listener),
  }
}
