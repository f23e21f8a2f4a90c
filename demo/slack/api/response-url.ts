// What an app posts to a response_url: a new message, or the rewriting or removal of the one clicked on.
import { z } from 'zod'
import type { ResponseUrl } from '../state/response-urls.ts'
import type { World } from '../state/world.ts'
import { type Answer, type Args, flag, refuse } from './answer.ts'
import { appMessage } from './chat.ts'
import { contentArguments, messageContent } from './message-content.ts'

const response = z.object({
  ...contentArguments,
  response_type: z.enum(['ephemeral', 'in_channel']).default('ephemeral'),
  replace_original: flag,
  delete_original: flag,
  thread_ts: z.string().optional(),
})

export async function takeResponse(id: string, args: Args, world: World): Promise<Answer> {
  const url = world.responseUrls.use(id)
  if ('error' in url) return refuse(url.error)
  return respond(url, args, world)
}

/** Also what the body of a command's acknowledgement does. */
export async function respond(url: ResponseUrl, args: Args, world: World): Promise<Answer> {
  const parsed = response.safeParse(args)
  if (!parsed.success) return refuse('invalid_payload')
  const { response_type, replace_original, delete_original, thread_ts } = parsed.data
  if (delete_original) return removeOriginal(url, world)
  const checked = await messageContent(parsed.data, world)
  if ('refusal' in checked) return checked.refusal
  if (replace_original && url.original) return rewriteOriginal(url, checked.content, world)
  const inThread = thread_ts ?? url.threadTs
  const message = appMessage(world, {
    channel: url.channel,
    ...checked.content,
    ...(inThread !== undefined && { thread_ts: inThread }),
  })
  const ephemeral = response_type === 'ephemeral'
  if (ephemeral) world.messages.postEphemeral({ ...message, is_ephemeral: true, visibleTo: url.user })
  else world.messages.post(message)
  if (!url.original) world.responseUrls.remember(url.id, { ts: message.ts, ephemeral })
  return { ok: true, ts: message.ts }
}

function removeOriginal(url: ResponseUrl, world: World): Answer {
  if (!url.original) return refuse('message_not_found')
  if (url.original.ephemeral) world.messages.removeEphemeral(url.channel, url.original.ts)
  else world.messages.remove(url.channel, url.original.ts)
  return { ok: true }
}

function rewriteOriginal(
  url: ResponseUrl,
  content: Parameters<World['messages']['rewriteEphemeral']>[1],
  world: World,
): Answer {
  const ts = url.original?.ts ?? ''
  const ephemeral = world.messages.findEphemeral(url.channel, ts)
  if (ephemeral) {
    world.messages.rewriteEphemeral(ephemeral, content)
    return { ok: true }
  }
  const message = world.messages.find(url.channel, ts)
  if (!message) return refuse('message_not_found')
  world.messages.rewrite(message, content, { user: world.team.botUserId, ts: world.ids.ts() })
  return { ok: true }
}
