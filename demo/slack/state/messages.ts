// Messages of every channel, and the ephemeral ones that a single person sees.
import type { Block } from '../blocks/block.ts'
import type { Changes } from './changes.ts'

export type Message = {
  type: 'message'
  ts: string
  channel: string
  user: string
  text: string
  bot_id?: string | undefined
  app_id?: string | undefined
  subtype?: string | undefined
  blocks?: Block[] | undefined
  attachments?: Record<string, unknown>[] | undefined
  metadata?: unknown
  thread_ts?: string | undefined
  reply_count?: number | undefined
  reply_broadcast?: boolean | undefined
  edited?: { user: string; ts: string } | undefined
  unfurls?: Record<string, { blocks?: Block[]; text?: string; title?: string }> | undefined
  files?: string[] | undefined
}

export type Ephemeral = Message & { is_ephemeral: true; visibleTo: string }

export type MessageContent = Pick<Message, 'text' | 'blocks' | 'attachments' | 'metadata'>

export type Messages = ReturnType<typeof messages>

export function messages(deps: { changes: Changes }) {
  const stored = new Map<string, Message>()
  const ephemerals = new Map<string, Ephemeral>()
  const key = (channel: string, ts: string) => `${channel}/${ts}`
  const inOrder = (list: Message[]) => list.sort((a, b) => (a.ts < b.ts ? -1 : 1))

  function find(channel: string, ts: string): Message | undefined {
    return stored.get(key(channel, ts))
  }

  function post(message: Message): void {
    stored.set(key(message.channel, message.ts), message)
    const root = message.thread_ts === undefined ? undefined : find(message.channel, message.thread_ts)
    if (root && root.ts !== message.ts) {
      stored.set(key(root.channel, root.ts), {
        ...root,
        thread_ts: root.ts,
        reply_count: (root.reply_count ?? 0) + 1,
      })
    }
    deps.changes.happened()
  }

  /** Takes the place of the whole content, so that what is left out is gone. */
  function rewrite(message: Message, content: MessageContent, edited: Message['edited']): Message {
    const { blocks: _blocks, attachments: _attachments, metadata: _metadata, ...kept } = message
    const rewritten = { ...kept, ...content, edited }
    stored.set(key(message.channel, message.ts), rewritten)
    deps.changes.happened()
    return rewritten
  }

  function unfurl(message: Message, unfurls: NonNullable<Message['unfurls']>): void {
    stored.set(key(message.channel, message.ts), { ...message, unfurls: { ...message.unfurls, ...unfurls } })
    deps.changes.happened()
  }

  function remove(channel: string, ts: string): void {
    stored.delete(key(channel, ts))
    deps.changes.happened()
  }

  function inChannel(channel: string): Message[] {
    const all = [...stored.values()].filter((one) => one.channel === channel)
    return inOrder(all.filter((one) => !one.thread_ts || one.thread_ts === one.ts || one.reply_broadcast))
  }

  function thread(channel: string, ts: string): Message[] {
    const all = [...stored.values()].filter((one) => one.channel === channel)
    return inOrder(all.filter((one) => one.ts === ts || one.thread_ts === ts))
  }

  function postEphemeral(message: Ephemeral): void {
    ephemerals.set(key(message.channel, message.ts), message)
    deps.changes.happened()
  }

  function rewriteEphemeral(message: Ephemeral, content: MessageContent): void {
    const { blocks: _blocks, attachments: _attachments, ...kept } = message
    postEphemeral({ ...kept, ...content })
  }

  function removeEphemeral(channel: string, ts: string): void {
    ephemerals.delete(key(channel, ts))
    deps.changes.happened()
  }

  return {
    find,
    post,
    rewrite,
    unfurl,
    remove,
    inChannel,
    thread,
    postEphemeral,
    rewriteEphemeral,
    removeEphemeral,
    findEphemeral: (channel: string, ts: string) => ephemerals.get(key(channel, ts)),
    ephemerals: (user: string) => [...ephemerals.values()].filter((one) => one.visibleTo === user),
    /** What a reload of the page does to them. */
    forgetEphemerals: (user: string) => {
      for (const [id, one] of ephemerals) if (one.visibleTo === user) ephemerals.delete(id)
      deps.changes.happened()
    },
  }
}
