// How far each person has read in each conversation, what came since, and what of it calls them by name.
import type { Changes } from './changes.ts'
import type { Directory } from './directory.ts'
import type { Message, Messages } from './messages.ts'

export type Unread = { messages: number; mentions: number }

export function readMarks(deps: { changes: Changes; directory: Directory; messages: Messages }) {
  const marks = new Map<string, string>()
  const key = (user: string, channel: string) => `${user}/${channel}`

  function read(user: string, channel: string): void {
    const last = deps.messages.inChannel(channel).at(-1)?.ts ?? ''
    if (last === '' || marks.get(key(user, channel)) === last) return
    marks.set(key(user, channel), last)
    deps.changes.happened()
  }

  function unread(user: string, channel: string): Unread {
    const since = marks.get(key(user, channel)) ?? ''
    const fresh = deps.messages
      .inChannel(channel)
      .filter((message) => message.ts > since && message.user !== user)
    return {
      messages: fresh.length,
      mentions: fresh.filter((message) => calls(message, user)).length,
    }
  }

  /** By their own mention, by a group they are in, or with everybody of the channel. */
  function calls(message: Message, user: string): boolean {
    if (deps.directory.conversation(message.channel)?.directMessageWith !== undefined) return true
    const said = message.text + JSON.stringify(message.blocks ?? [])
    if (/<!(channel|here|everyone)/.test(said) || said.includes(`<@${user}`)) return true
    return deps.directory
      .userGroups()
      .some((group) => group.users.includes(user) && said.includes(`<!subteam^${group.id}`))
  }

  return { read, unread }
}
