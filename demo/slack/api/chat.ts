// chat.*: posting, rewriting, removing and unfurling messages.
import { z } from 'zod'
import { escaped } from '../blocks/escape-text.ts'
import type { Conversation } from '../state/directory.ts'
import type { Message } from '../state/messages.ts'
import type { Unfurled } from '../state/unfurl-ids.ts'
import type { World } from '../state/world.ts'
import { type Answer, flag, type Method, method, type Refusal, refuse, text } from './answer.ts'
import { contentArguments, messageBlocks, messageContent } from './message-content.ts'
import { messagePayload } from './message-payload.ts'

export const chatMethods: Record<string, Method> = {
  'chat.postMessage': method(
    z.object({ channel: z.string(), ...contentArguments, thread_ts: text, reply_broadcast: flag }),
    async (args, world) => {
      const place = postable(args.channel, world)
      if ('ok' in place) return place
      if (args.thread_ts && !world.messages.find(place.id, args.thread_ts)) return refuse('thread_not_found')
      const checked = await messageContent(args, world)
      if ('refusal' in checked) return checked.refusal
      const message = appMessage(world, {
        channel: place.id,
        ...checked.content,
        ...(args.thread_ts && { thread_ts: args.thread_ts }),
        ...(args.reply_broadcast && { reply_broadcast: true }),
      })
      world.messages.post(message)
      return posted(message, world)
    },
  ),

  'chat.postEphemeral': method(
    z.object({ channel: z.string(), user: z.string(), ...contentArguments, thread_ts: text }),
    async (args, world) => {
      const place = postable(args.channel, world)
      if ('ok' in place) return place
      const reader = world.directory.user(args.user)
      if (!reader || !world.directory.isMember(args.user, place)) return refuse('user_not_in_channel')
      const checked = await messageContent(args, world)
      if ('refusal' in checked) return checked.refusal
      const message = appMessage(world, {
        channel: place.id,
        ...checked.content,
        ...(args.thread_ts && { thread_ts: args.thread_ts }),
      })
      world.messages.postEphemeral({ ...message, is_ephemeral: true, visibleTo: args.user })
      return { ok: true, message_ts: message.ts }
    },
  ),

  'chat.update': method(
    z.object({ channel: z.string(), ts: z.string(), ...contentArguments }),
    async (args, world) => {
      const message = ownMessage(args, world, 'cant_update_message')
      if ('ok' in message) return message
      const checked = await messageContent(args, world)
      if ('refusal' in checked) return checked.refusal
      const edited = { user: world.team.botUserId, ts: world.ids.ts() }
      // The message may have gained a reply while its images were looked at.
      const current = world.messages.find(message.channel, message.ts)
      if (!current) return refuse('message_not_found')
      const content = { ...checked.content, text: args.text ?? current.text }
      return { ...posted(world.messages.rewrite(current, content, edited), world), text: content.text }
    },
  ),

  'chat.delete': method(z.object({ channel: z.string(), ts: z.string() }), (args, world) => {
    const message = ownMessage(args, world, 'cant_delete_message')
    if ('ok' in message) return message
    world.messages.remove(message.channel, message.ts)
    return { ok: true, channel: message.channel, ts: message.ts }
  }),

  'chat.getPermalink': method(z.object({ channel: z.string(), message_ts: z.string() }), (args, world) => {
    const place = world.directory.conversation(args.channel)
    if (!place) return refuse('channel_not_found')
    const message = world.messages.find(place.id, args.message_ts)
    if (!message) return refuse('message_not_found')
    return { ok: true, channel: place.id, permalink: permalink(message, world) }
  }),

  'chat.unfurl': method(
    z.object({
      channel: text,
      ts: text,
      unfurl_id: text,
      source: z.enum(['composer', 'conversations_history']).optional(),
      unfurls: z.record(z.string(), z.unknown()),
    }),
    async (args, world) => {
      const named = unfurledPlace(args, world)
      if ('ok' in named) return named
      const message = named.source === 'composer' ? undefined : world.messages.find(named.channel, named.ts)
      if (!message && named.source !== 'composer') return refuse('cannot_unfurl_message')
      const unfurls: NonNullable<Message['unfurls']> = {}
      for (const [url, unfurl] of Object.entries(args.unfurls)) {
        if (message && !message.text.includes(escaped(url))) return refuse('cannot_unfurl_url')
        const parsed = z.looseObject({ blocks: z.unknown(), text, title: text }).safeParse(unfurl)
        if (!parsed.success) return refuse('invalid_unfurls_format')
        const checked = await messageBlocks(parsed.data.blocks, world)
        if ('refusal' in checked) return checked.refusal
        const { text: words, title } = parsed.data
        unfurls[url] = { blocks: checked.blocks, ...(words && { text: words }), ...(title && { title }) }
      }
      if (message) world.messages.unfurl(message, unfurls)
      return { ok: true }
    },
  ),
}

/** By channel and ts, or by unfurl_id and source, and never by half of a pair or by both. */
function unfurledPlace(
  args: {
    channel?: string | undefined
    ts?: string | undefined
    unfurl_id?: string | undefined
    source?: string | undefined
  },
  world: World,
): Unfurled | Refusal {
  const { channel, ts, unfurl_id, source } = args
  if (unfurl_id !== undefined || source !== undefined) {
    if (channel !== undefined || ts !== undefined) return refuse('invalid_unfurl_id')
    const known = world.unfurlIds.find(unfurl_id ?? '')
    return known && known.source === source ? known : refuse('invalid_unfurl_id')
  }
  if (channel === undefined || ts === undefined) return refuse('missing_unfurl_id')
  return { source: 'conversations_history', channel, ts }
}

function permalink(message: Message, world: World): string {
  const link = `${world.baseUrl()}/archives/${message.channel}/p${message.ts.replace('.', '')}`
  const isReply = message.thread_ts !== undefined && message.thread_ts !== message.ts
  return isReply ? `${link}?thread_ts=${message.thread_ts}&cid=${message.channel}` : link
}

/** A message by the app, with a new timestamp. */
export function appMessage(
  world: World,
  message: Omit<Message, 'type' | 'ts' | 'user' | 'bot_id' | 'app_id'>,
): Message {
  const { botUserId, botId, appId } = world.team
  return { type: 'message', ts: world.ids.ts(), user: botUserId, bot_id: botId, app_id: appId, ...message }
}

function posted(message: Message, world: World): Answer {
  return { ok: true, channel: message.channel, ts: message.ts, message: messagePayload(message, world.team) }
}

function postable(channel: string, world: World): Conversation | Refusal {
  const place = world.directory.conversation(channel)
  if (!place) return refuse('channel_not_found')
  if (place.appIsMember === false) return refuse(place.isPrivate ? 'channel_not_found' : 'not_in_channel')
  if (place.isArchived) return refuse('is_archived')
  return place
}

function ownMessage(
  args: { channel: string; ts: string },
  world: World,
  notOwn: 'cant_update_message' | 'cant_delete_message',
): Message | Refusal {
  // Here a user's id does not stand for the direct message with them.
  const place = world.directory.user(args.channel) ? undefined : world.directory.conversation(args.channel)
  if (!place || (place.isPrivate && place.appIsMember === false)) return refuse('channel_not_found')
  const message = world.messages.find(place.id, args.ts)
  if (!message) return refuse('message_not_found')
  if (place.isArchived) return refuse('is_inactive')
  return message.bot_id === world.team.botId ? message : refuse(notOwn)
}
