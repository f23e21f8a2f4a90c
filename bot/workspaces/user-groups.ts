// Slack's user groups: who is in one, and what they are called. Asked at most once a minute each.
import { WebAPIPlatformError, WebAPIRateLimitedError, type WebClient } from '@slack/web-api'
import { slackFailure } from '../connection/slack-failure.ts'

export type UserGroup = { id: string; handle: string; name: string }
export type UserGroups = ReturnType<typeof createUserGroups>
/** `before`: they were a member when Slack last said. */
type Membership = { isKnown: true; isMember: boolean } | { isKnown: false; before: boolean; why: string }

type Members = { until: number; users: Set<string> }
type Silence = { until: number; why: string }

const cacheMs = 60_000
const mostCached = 500

export function createUserGroups({ client, now }: { client: WebClient; now: () => number }) {
  const members = new Map<string, Members>()
  const silences = new Map<string, Silence>()
  let listed: { until: number; groups: UserGroup[] } | null = null

  /** Whether a person is in a group: as Slack says, or said at most a minute ago. */
  async function membership(groupId: string, userId: string): Promise<Membership> {
    const known = members.get(groupId)
    if (known && now() < known.until) return { isKnown: true, isMember: known.users.has(userId) }
    const before = known?.users.has(userId) ?? false
    const silence = silences.get(groupId)
    if (silence && now() < silence.until) return { isKnown: false, before, why: silence.why }
    try {
      const { users } = await client.usergroups.users.list({ usergroup: groupId })
      return { isKnown: true, isMember: remember(groupId, users ?? []).has(userId) }
    } catch (error) {
      // A group that was deleted has nobody in it: that is known.
      if (errorCode(error) === 'no_such_subteam')
        return { isKnown: true, isMember: remember(groupId, []).has(userId) }
      const heard = silenceOf(error, now())
      silences.set(groupId, heard)
      return { isKnown: false, before, why: heard.why }
    }
  }

  function remember(groupId: string, users: string[]): Set<string> {
    if (members.size >= mostCached) members.clear()
    const found = { until: now() + cacheMs, users: new Set(users) }
    members.set(groupId, found)
    return found.users
  }

  /** Every group that is in use, by handle; null while Slack does not tell. */
  async function all(): Promise<UserGroup[] | null> {
    if (listed && now() < listed.until) return listed.groups
    try {
      const { usergroups = [] } = await client.usergroups.list({ include_disabled: false })
      const groups = usergroups.flatMap(({ id, handle, name }) =>
        id === undefined ? [] : [{ id, handle: handle ?? id, name: name ?? handle ?? id }],
      )
      listed = { until: now() + cacheMs, groups: groups.toSorted((a, b) => a.handle.localeCompare(b.handle)) }
      return listed.groups
    } catch {
      return null
    }
  }

  return { membership, all }
}

/** How long not to ask again: as long as Slack says; a setting changes in minutes, a fault passes in seconds. */
function silenceOf(error: unknown, at: number): Silence {
  const failure = slackFailure(error)
  const code = errorCode(error)
  if (error instanceof WebAPIRateLimitedError)
    return { until: at + 1000 * Math.max(1, error.retryAfter), why: failure.why }
  if (code === 'missing_scope') return { until: at + cacheMs, why: 'the app lacks the scope usergroups:read' }
  if (code === 'paid_teams_only' || code === 'plan_upgrade_required')
    return { until: at + cacheMs, why: 'the plan of this workspace has no user groups' }
  return { until: at + 2000, why: failure.kind === 'unknown' ? `Slack answers ${failure.why}` : failure.why }
}

function errorCode(error: unknown): string | null {
  return error instanceof WebAPIPlatformError ? error.data.error : null
}
