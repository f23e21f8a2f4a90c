// conversations.*: channels and direct messages.
import { z } from 'zod'
import type { Conversation } from '../state/directory.ts'
import { pageOf } from '../state/pages.ts'
import type { World } from '../state/world.ts'
import { flag, limit, type Method, method, type Refusal, refuse, text } from './answer.ts'

const kinds = ['public_channel', 'private_channel', 'mpim', 'im']

export const conversationMethods: Record<string, Method> = {
  'conversations.list': method(
    z.object({ types: text, exclude_archived: flag, limit, cursor: text }),
    (args, world) => {
      const types = (args.types || 'public_channel').split(',').map((one) => one.trim())
      if (types.some((one) => !kinds.includes(one))) return refuse('invalid_types')
      const channels = world.directory.channels().filter((one) => {
        const isVisible = !one.isPrivate || one.appIsMember !== false
        const isWanted = types.includes(one.isPrivate ? 'private_channel' : 'public_channel')
        return isVisible && isWanted && !(args.exclude_archived && one.isArchived)
      })
      const page = pageOf(channels, args.limit, args.cursor)
      if (!page) return refuse('invalid_cursor')
      return {
        ok: true,
        channels: page.items.map((one) => channelPayload(one, world)),
        response_metadata: { next_cursor: page.nextCursor },
      }
    },
  ),

  'conversations.info': method(
    z.object({ channel: z.string(), include_num_members: flag }),
    (args, world) => {
      const place = visible(args.channel, world)
      if ('ok' in place) return place
      const count = args.include_num_members ? { num_members: membersOf(place, world).length } : {}
      return { ok: true, channel: { ...channelPayload(place, world), ...count } }
    },
  ),

  'conversations.members': method(z.object({ channel: z.string(), limit, cursor: text }), (args, world) => {
    const place = visible(args.channel, world)
    if ('ok' in place) return place
    const page = pageOf(membersOf(place, world), args.limit, args.cursor)
    if (!page) return refuse('invalid_cursor')
    return { ok: true, members: page.items, response_metadata: { next_cursor: page.nextCursor } }
  }),

  'conversations.open': method(z.object({ users: text, channel: text, return_im: flag }), (args, world) => {
    const users = (args.users ?? '').split(',').filter(Boolean)
    if (users.length > 1) return refuse('method_not_supported_for_channel_type')
    const user = users[0] ?? world.directory.conversation(args.channel ?? '')?.directMessageWith
    if (!user) return refuse(args.channel ? 'channel_not_found' : 'users_list_not_supplied')
    const person = world.directory.people().find((one) => one.id === user)
    if (!person) return refuse('user_not_found')
    if (person.deleted) return refuse('user_disabled')
    const place = world.directory.directMessage(user)
    return { ok: true, channel: args.return_im ? channelPayload(place, world) : { id: place.id } }
  }),
}

/** A private channel without the app does not exist for it. */
function visible(id: string, { directory }: World): Conversation | Refusal {
  // A user's id stands for a direct message in chat.* only.
  const place = directory.user(id) ? undefined : directory.conversation(id)
  const isHidden = place?.isPrivate === true && place.appIsMember === false
  return place && !isHidden ? place : refuse('channel_not_found')
}

function membersOf(place: Conversation, { directory, team }: World): string[] {
  const people = place.members ?? directory.people().map((one) => one.id)
  const hasApp = place.directMessageWith !== undefined || place.appIsMember !== false
  return hasApp ? [...people, team.botUserId] : people
}

function channelPayload(place: Conversation, { team }: World) {
  if (place.directMessageWith !== undefined)
    return {
      id: place.id,
      is_im: true,
      is_archived: false,
      user: place.directMessageWith,
      is_open: true,
      context_team_id: team.teamId,
    }
  const isShared = place.isExtShared ?? false
  return {
    id: place.id,
    name: place.name,
    name_normalized: place.name,
    is_channel: !place.isPrivate,
    is_group: place.isPrivate ?? false,
    is_private: place.isPrivate ?? false,
    is_im: false,
    is_mpim: false,
    is_archived: place.isArchived ?? false,
    is_general: false,
    is_shared: isShared,
    is_ext_shared: isShared,
    is_org_shared: false,
    is_member: place.appIsMember ?? true,
    context_team_id: team.teamId,
    topic: { value: place.topic ?? '', creator: '', last_set: 0 },
    purpose: { value: '', creator: '', last_set: 0 },
  }
}
