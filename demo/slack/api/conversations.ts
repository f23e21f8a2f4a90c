// conversations.*: channels and direct messages.
import { z } from 'zod'
import type { Conversation } from '../state/directory.ts'
import { flag, type Method, method, refuse, text } from './answer.ts'

export const conversationMethods: Record<string, Method> = {
  'conversations.list': method(z.object({ types: text, exclude_archived: flag }), (args, world) => {
    const types = (args.types ?? 'public_channel').split(',')
    const channels = world.directory.channels().filter((one) => {
      const isVisible = !one.isPrivate || one.appIsMember !== false
      return isVisible && types.includes(one.isPrivate ? 'private_channel' : 'public_channel')
    })
    return { ok: true, channels: channels.map(channelPayload), response_metadata: { next_cursor: '' } }
  }),

  'conversations.info': method(z.object({ channel: z.string() }), (args, world) => {
    const place = world.directory.conversation(args.channel)
    const isHidden = place?.isPrivate === true && place.appIsMember === false
    return place && !isHidden ? { ok: true, channel: channelPayload(place) } : refuse('channel_not_found')
  }),

  'conversations.open': method(z.object({ users: text, channel: text }), (args, world) => {
    const users = (args.users ?? '').split(',').filter(Boolean)
    if (users.length > 1) return refuse('method_not_supported_for_channel_type')
    const user = users[0] ?? world.directory.conversation(args.channel ?? '')?.directMessageWith
    if (!user) return refuse(args.channel ? 'channel_not_found' : 'users_list_not_supplied')
    const person = world.directory.people().find((one) => one.id === user)
    if (!person) return refuse('user_not_found')
    if (person.deleted) return refuse('user_disabled')
    return { ok: true, channel: channelPayload(world.directory.directMessage(user)) }
  }),
}

function channelPayload(place: Conversation) {
  if (place.directMessageWith !== undefined)
    return { id: place.id, is_im: true, user: place.directMessageWith, is_open: true }
  return {
    id: place.id,
    name: place.name,
    name_normalized: place.name,
    is_channel: !place.isPrivate,
    is_group: place.isPrivate ?? false,
    is_private: place.isPrivate ?? false,
    is_im: false,
    is_mpim: false,
    is_archived: false,
    is_member: place.appIsMember ?? true,
    topic: { value: place.topic ?? '', creator: '', last_set: 0 },
    purpose: { value: '', creator: '', last_set: 0 },
    ...(place.members && { num_members: place.members.length }),
  }
}
