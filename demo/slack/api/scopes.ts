// Which scope a method asks a token for; one that lacks it is refused. Source: docs.slack.dev/reference/methods
import type { Args } from './answer.ts'

const needed: Record<string, string> = {
  'chat.postMessage': 'chat:write',
  'chat.postEphemeral': 'chat:write',
  'chat.update': 'chat:write',
  'chat.delete': 'chat:write',
  'chat.unfurl': 'links:write',
  'bots.info': 'users:read',
  'users.info': 'users:read',
  'users.list': 'users:read',
  'users.lookupByEmail': 'users:read.email',
  'usergroups.list': 'usergroups:read',
  'usergroups.users.list': 'usergroups:read',
  'conversations.open': 'im:write',
  'files.getUploadURLExternal': 'files:write',
  'files.completeUploadExternal': 'files:write',
  'files.info': 'files:read',
}
const ofKind: Record<string, string> = {
  public_channel: 'channels:read',
  private_channel: 'groups:read',
  im: 'im:read',
  mpim: 'mpim:read',
}

/** The scope that is missing, if one is. `isPrivate` tells what kind of channel an id stands for. */
export function missingScope(
  method: string,
  args: Args,
  scopes: readonly string[],
  isPrivate: (channel: string) => boolean,
): string | undefined {
  return scopesOf(method, args, isPrivate).find((scope) => !scopes.includes(scope))
}

function scopesOf(method: string, args: Args, isPrivate: (channel: string) => boolean): string[] {
  if (method === 'conversations.list') {
    const types = typeof args.types === 'string' && args.types !== '' ? args.types : 'public_channel'
    return types.split(',').flatMap((type) => ofKind[type.trim()] ?? [])
  }
  if (method === 'conversations.info' || method === 'conversations.members') {
    const channel = String(args.channel ?? '')
    if (channel.startsWith('D')) return ['im:read']
    return [isPrivate(channel) ? 'groups:read' : 'channels:read']
  }
  return needed[method] === undefined ? [] : [needed[method]]
}
