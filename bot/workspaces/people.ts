// Who is acting, asked of Slack at every click: deleted people, bots, guests and other companies' people may not.

import type { UsersInfoResponse } from '@slack/web-api'
import { WebAPIPlatformError, type WebClient } from '@slack/web-api'
import type { Actor } from '../../server/domain/actor.ts'

export type Identified = { actor: Actor } | { refused: string }
export type People = ReturnType<typeof createPeople>

type User = NonNullable<UsersInfoResponse['user']>
type Seen = { at: number; result: Identified }

const cacheMs = 60_000
const mostCached = 1000

export function createPeople({
  client,
  teamId,
  now,
}: {
  client: WebClient
  teamId: string
  now: () => number
}) {
  const seen = new Map<string, Seen>()
  const valid = new Map<string, Actor>()

  /** `canStop`: the verb only takes a build away, so whoever was seen valid may do it while Slack is silent. */
  async function identify(userId: string, canStop = false): Promise<Identified> {
    const known = seen.get(userId)
    if (known && now() - known.at < cacheMs) return known.result
    try {
      const { user } = await client.users.info({ user: userId })
      return remember(userId, judged(user, teamId))
    } catch (error) {
      if (error instanceof WebAPIPlatformError && error.data.error === 'user_not_found')
        return remember(userId, { refused: 'Slack does not know you in this workspace.' })
      const before = valid.get(userId)
      if (canStop && before) return { actor: before }
      return { refused: 'Slack cannot be asked who you are just now, so nothing was changed. Try again.' }
    }
  }

  function remember(userId: string, result: Identified): Identified {
    if (seen.size >= mostCached) seen.clear()
    seen.set(userId, { at: now(), result })
    if ('actor' in result) valid.set(userId, result.actor)
    else valid.delete(userId)
    return result
  }

  return { identify }
}

function judged(user: User | undefined, teamId: string): Identified {
  if (!user?.id) return { refused: 'Slack does not know you in this workspace.' }
  if (user.deleted) return { refused: 'Your Slack account is deactivated.' }
  if (user.is_bot || user.is_workflow_bot || user.id === 'USLACKBOT')
    return { refused: 'Bots may not decide over rollouts.' }
  if (user.is_restricted || user.is_ultra_restricted)
    return { refused: 'Guests may not use rollouts. Ask a full member of this workspace.' }
  const isOurs = user.team_id === teamId || user.enterprise_user?.teams?.includes(teamId) === true
  if (user.is_stranger || !isOurs) return { refused: 'Only people of this workspace may use rollouts.' }
  // The record an auditor reads: people's full names, not the handles they choose.
  const name = user.profile?.real_name || user.real_name || user.profile?.display_name || user.name || user.id
  return { actor: { kind: 'person', id: user.id, name, door: 'slack' } }
}
