// Two shortcuts open the form of a start: one from anywhere, one from a message that speaks of a build.
import type { App, GlobalShortcut, MessageShortcut } from '@slack/bolt'
import { unescaped } from '../commands/words.ts'
import { mentionedBuild } from '../forms/mentioned-build.ts'
import { here, type ListenerDeps } from './deps.ts'
import { openStartModal } from './start-modal.ts'

export const shortcutIds = { start: 'start_rollout', fromMessage: 'start_from_message' } as const

export function shortcuts(app: App, deps: ListenerDeps): void {
  app.shortcut<GlobalShortcut>(
    { callback_id: shortcutIds.start, type: 'shortcut' },
    async ({ ack, body, context }) => {
      await ack()
      const from = { trigger: body.trigger_id, user: body.user.id, channel: null }
      await openStartModal(await here(deps, context), from)
    },
  )
  app.shortcut<MessageShortcut>(
    { callback_id: shortcutIds.fromMessage, type: 'message_action' },
    async ({ ack, body, context }) => {
      await ack()
      const at = await here(deps, context)
      const from = { trigger: body.trigger_id, user: body.user.id, channel: body.channel.id }
      // A form without what the message says is better than none.
      const mentioned = await mentionedBuild(at.service, textOf(body.message)).catch((error) => {
        deps.log.error({ err: error }, 'a message could not be searched for a build')
        return {}
      })
      await openStartModal(at, from, mentioned)
    },
  )
}

/** What people read of a message: those of other apps often have it in attachments and blocks alone. */
function textOf(message: Record<string, unknown>): string {
  return unescaped(strings(message).join('\n'))
}

const readable = new Set(['text', 'fallback', 'title', 'pretext', 'value', 'footer'])

function strings(value: unknown, key = ''): string[] {
  if (typeof value === 'string') return readable.has(key) ? [value] : []
  if (Array.isArray(value)) return value.flatMap((each) => strings(each, key))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, each]) => strings(each, name))
}
