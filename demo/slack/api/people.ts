// auth.test, bots.info, users.*, usergroups.*: who is here.
import { z } from 'zod'
import type { User, UserGroup } from '../state/directory.ts'
import type { Team } from '../state/team.ts'
import type { World } from '../state/world.ts'
import { flag, type Method, method, refuse } from './answer.ts'
import { botProfile } from './message-payload.ts'

export const peopleMethods: Record<string, Method> = {
  'auth.test': (_args, { team, baseUrl }) => ({
    ok: true,
    url: `${baseUrl()}/`,
    team: team.name,
    user: team.botHandle,
    team_id: team.teamId,
    user_id: team.botUserId,
    bot_id: team.botId,
    is_enterprise_install: false,
  }),

  'bots.info': method(z.object({ bot: z.string().optional() }), (args, { team }) =>
    args.bot === undefined || args.bot === team.botId
      ? { ok: true, bot: botProfile(team) }
      : refuse('bot_not_found'),
  ),

  'users.info': method(z.object({ user: z.string() }), (args, world) => {
    const user = world.directory.user(args.user)
    return user ? { ok: true, user: userPayload(user, world.team) } : refuse('user_not_found')
  }),

  'users.list': (_args, world) => ({
    ok: true,
    members: world.directory.everybody().map((user) => userPayload(user, world.team)),
    cache_ts: Math.floor(world.now() / 1000),
    response_metadata: { next_cursor: '' },
  }),

  'users.lookupByEmail': method(z.object({ email: z.string() }), (args, world) => {
    const user = world.directory.people().find((one) => one.email === args.email && !one.deleted)
    return user ? { ok: true, user: userPayload(user, world.team) } : refuse('users_not_found')
  }),

  'usergroups.list': method(
    z.object({ include_users: flag, include_disabled: flag, include_count: flag }),
    (args, world) => ({
      ok: true,
      usergroups: world.directory
        .userGroups()
        .filter((group) => args.include_disabled || !group.disabled)
        .map((group) => groupPayload(group, world, args.include_users ?? false)),
    }),
  ),

  'usergroups.users.list': method(z.object({ usergroup: z.string() }), (args, world) => {
    const group = world.directory.userGroup(args.usergroup)
    return group ? { ok: true, users: group.users } : refuse('no_such_subteam')
  }),
}

function userPayload(user: User, team: Team) {
  return {
    id: user.id,
    team_id: user.teamId ?? team.teamId,
    name: user.name,
    real_name: user.realName,
    deleted: user.deleted ?? false,
    tz: user.tz ?? 'Europe/Berlin',
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
      ...(user.isBot ? { bot_id: team.botId, api_app_id: team.appId } : { email: user.email }),
    },
  }
}

function groupPayload(group: UserGroup, world: World, withUsers: boolean) {
  return {
    id: group.id,
    team_id: world.team.teamId,
    is_usergroup: true,
    name: group.name,
    handle: group.handle,
    is_external: false,
    date_delete: group.disabled ? 1 : 0,
    user_count: group.users.length,
    ...(withUsers && { users: group.users }),
  }
}
