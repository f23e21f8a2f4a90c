// bots.info, users.*, usergroups.*: who is here.
import { z } from 'zod'
import type { User, UserGroup } from '../state/directory.ts'
import { pageOf } from '../state/pages.ts'
import type { Team } from '../state/team.ts'
import type { World } from '../state/world.ts'
import { type Caller, flag, limit, type Method, method, refuse, text } from './answer.ts'
import { botProfile } from './message-payload.ts'

export const peopleMethods: Record<string, Method> = {
  'bots.info': method(z.object({ bot: z.string().optional() }), (args, { team }) =>
    args.bot === undefined || args.bot === team.botId
      ? { ok: true, bot: botProfile(team) }
      : refuse('bot_not_found'),
  ),

  'users.info': method(z.object({ user: z.string() }), (args, world, caller) => {
    const user = world.directory.user(args.user)
    return user ? { ok: true, user: userPayload(user, world.team, caller) } : refuse('user_not_found')
  }),

  'users.list': method(z.object({ limit, cursor: text }), (args, world, caller) => {
    const page = pageOf(world.directory.everybody(), args.limit, args.cursor)
    if (!page) return refuse('invalid_cursor')
    return {
      ok: true,
      members: page.items.map((user) => userPayload(user, world.team, caller)),
      cache_ts: Math.floor(world.now() / 1000),
      response_metadata: { next_cursor: page.nextCursor },
    }
  }),

  'users.lookupByEmail': method(z.object({ email: z.string() }), (args, world, caller) => {
    const user = world.directory.people().find((one) => one.email === args.email && !one.deleted)
    return user ? { ok: true, user: userPayload(user, world.team, caller) } : refuse('users_not_found')
  }),

  'usergroups.list': method(
    z.object({ include_users: flag, include_disabled: flag, include_count: flag }),
    (args, world) => {
      if (world.plan() === 'free') return refuse('plan_upgrade_required')
      const groups = world.directory.userGroups().filter((group) => args.include_disabled || !group.disabled)
      return { ok: true, usergroups: groups.map((group) => groupPayload(group, world, args)) }
    },
  ),

  'usergroups.users.list': method(
    z.object({ usergroup: z.string(), include_disabled: flag }),
    (args, world) => {
      if (world.plan() === 'free') return refuse('plan_upgrade_required')
      const group = world.directory.userGroup(args.usergroup)
      if (!group || (group.disabled && !args.include_disabled)) return refuse('no_such_subteam')
      return { ok: true, users: group.users }
    },
  ),
}

function userPayload(user: User, team: Team, { installation }: Caller) {
  const tz = user.tz ?? 'Europe/Berlin'
  const email = installation.scopes.includes('users:read.email') ? { email: user.email } : {}
  const shared = { id: user.id, team_id: user.teamId ?? team.teamId, name: user.name }
  // Of a deactivated person Slack tells little more than the name.
  if (user.deleted)
    return {
      ...shared,
      deleted: true,
      is_bot: user.isBot ?? false,
      is_app_user: false,
      updated: 0,
      profile: { real_name: user.realName, display_name: user.name, title: user.title ?? '', ...email },
    }
  return {
    ...shared,
    real_name: user.realName,
    deleted: false,
    tz,
    tz_label: tz,
    tz_offset: offsetSeconds(tz),
    is_bot: user.isBot ?? false,
    is_app_user: false,
    is_admin: false,
    is_owner: false,
    is_restricted: user.isRestricted ?? false,
    is_ultra_restricted: user.isUltraRestricted ?? false,
    is_stranger: user.teamId !== undefined && user.teamId !== team.teamId,
    updated: 0,
    profile: {
      real_name: user.realName,
      display_name: user.name,
      title: user.title ?? '',
      ...(user.isBot ? { bot_id: team.botId, api_app_id: team.appId } : email),
    },
  }
}

/** Seconds east of Greenwich at this moment. */
function offsetSeconds(tz: string): number {
  const name = new Intl.DateTimeFormat('en', { timeZone: tz, timeZoneName: 'longOffset' })
    .formatToParts()
    .find((part) => part.type === 'timeZoneName')?.value
  const [, sign = '+', hours = '0', minutes = '0'] = /([+-])(\d{2}):(\d{2})/.exec(name ?? '') ?? []
  return (sign === '-' ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60)
}

function groupPayload(
  group: UserGroup,
  world: World,
  wanted: { include_users?: boolean | undefined; include_count?: boolean | undefined },
) {
  return {
    id: group.id,
    team_id: world.team.teamId,
    is_usergroup: true,
    name: group.name,
    handle: group.handle,
    is_external: false,
    date_delete: group.disabled ? 1 : 0,
    ...(wanted.include_count && { user_count: group.users.length }),
    ...(wanted.include_users && { users: group.users }),
  }
}
