// Slack's own limits: so many calls of a method a minute in a workspace, and one post a second in a channel.
// Source: docs.slack.dev/apis/web-api/rate-limits, and the tier that each method's page names.

const tiers = { 2: 20, 3: 50, 4: 100 } as const
const tierOf: Record<string, keyof typeof tiers> = {
  'chat.postEphemeral': 4,
  'chat.update': 3,
  'chat.delete': 3,
  'chat.unfurl': 3,
  'views.open': 4,
  'views.push': 4,
  'views.update': 4,
  'views.publish': 4,
  'users.info': 4,
  'users.list': 2,
  'users.lookupByEmail': 3,
  'usergroups.list': 2,
  'usergroups.users.list': 2,
  'conversations.list': 2,
  'conversations.info': 3,
  'conversations.members': 4,
  'conversations.open': 3,
  'files.getUploadURLExternal': 4,
  'files.completeUploadExternal': 4,
  'files.info': 4,
}
const minuteMs = 60_000
/** Slack bears short bursts of posts; how short it does not say. */
const postBurst = 5

export function rateLimits(deps: { now: () => number; enforced: boolean }) {
  const past = new Map<string, number[]>()
  let enforced = deps.enforced

  /** Null: it may go ahead, and is counted; else the seconds to wait, which a refused call does not lengthen. */
  function admit(method: string, teamId: string, channel: string | undefined): number | null {
    if (!enforced) return null
    if (method === 'chat.postMessage')
      return taken(`${teamId} ${method} ${channel}`, postBurst, postBurst * 1000)
    const tier = tierOf[method]
    return tier === undefined ? null : taken(`${teamId} ${method}`, tiers[tier], minuteMs)
  }

  function taken(key: string, most: number, withinMs: number): number | null {
    const at = deps.now()
    const recent = (past.get(key) ?? []).filter((one) => at - one < withinMs)
    const [oldest] = recent
    const isFull = recent.length >= most && oldest !== undefined
    past.set(key, isFull ? recent : [...recent, at])
    return isFull ? Math.max(1, Math.ceil((oldest + withinMs - at) / 1000)) : null
  }

  return {
    admit,
    enforced: () => enforced,
    enforce: (on: boolean) => {
      enforced = on
    },
  }
}
