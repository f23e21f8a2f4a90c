// One message as it stands in a channel or a thread.
import type { OfferedShortcut } from '../people/shortcut.ts'
import type { Ephemeral, Message } from '../state/messages.ts'
import type { Notice } from '../state/notices.ts'
import type { World } from '../state/world.ts'
import { type Html, html } from './html.ts'
import { renderMrkdwn } from './mrkdwn.ts'
import { renderAttachment } from './render-attachment.ts'
import { renderBlocks } from './render-block.ts'
import { renderImage } from './render-element.ts'
import { fileUrl, type Scene } from './scene.ts'

export type Reader = { user: string; notices: Notice[]; inThread: boolean; shortcuts: OfferedShortcut[] }

export function renderMessage(message: Message | Ephemeral, reader: Reader, world: World): Html {
  const { directory } = world
  const scene: Scene = {
    directory,
    imageUrl: fileUrl,
    values: world.messageInputs.of({ user: reader.user, channel: message.channel, ts: message.ts }),
    errors: {},
    user: reader.user,
  }
  const isEphemeral = 'is_ephemeral' in message
  const notice = reader.notices.find((one) => one.channel === message.channel && one.ts === message.ts)
  return html`<article class="message ${isEphemeral ? 'ephemeral' : ''}" data-key="${message.ts}"
    data-channel="${message.channel}" data-ts="${message.ts}" aria-label="Message by ${authorOf(message, world)}">
    ${avatar(message, world)}
    <div class="content">
      ${isEphemeral ? html`<p class="only-you">Only visible to you</p>` : ''}
      <p class="by"><b>${authorOf(message, world)}</b> ${message.bot_id ? html`<span class="app">APP</span>` : ''}
        <time data-epoch="${message.ts.split('.')[0]}" data-format="{time}"></time></p>
      ${broadcast(message, reader, world)}
      ${message.blocks ? renderBlocks(message.blocks, scene) : html`<div class="text">${renderMrkdwn(message.text, directory)}${edited(message)}</div>`}
      ${Object.values(message.unfurls ?? {}).map((unfurl) => renderAttachment(unfurl, scene))}
      ${(message.attachments ?? []).map((one) => renderAttachment(one, scene))}
      ${(message.files ?? []).map((id) => renderFile(id, scene, world))}
      ${notice ? html`<p class="notice" role="alert">⚠️ ${notice.text}</p>` : ''}
      ${replies(message, reader)}
    </div>${isEphemeral ? '' : renderMore(reader, world)}</article>`
}

function edited(message: Message): Html | '' {
  return message.edited ? html` <small class="edited">(edited)</small>` : ''
}

/** A reply that was also sent to the channel says there which thread it belongs to. */
function broadcast(message: Message, reader: Reader, world: World): Html | '' {
  if (!message.reply_broadcast) return ''
  if (reader.inThread) return html`<p class="broadcast">Also sent to the channel</p>`
  const root = world.messages.find(message.channel, message.thread_ts ?? '')
  const [first = ''] = root?.text.split('\n') ?? []
  const shortened = first.length > 80 ? `${first.slice(0, 79).trimEnd()}…` : first
  const words = renderMrkdwn(shortened || 'a message', world.directory)
  return html`<p class="broadcast">replied to a thread:
    <button type="button" class="plain link" data-thread="${message.thread_ts}">${words}</button></p>`
}

function replies(message: Message, reader: Reader): Html | '' {
  if (
    reader.inThread ||
    'is_ephemeral' in message ||
    (message.thread_ts !== undefined && message.thread_ts !== message.ts)
  )
    return ''
  const count = message.reply_count ?? 0
  const words = count === 0 ? 'Reply in thread' : count === 1 ? '1 reply' : `${count} replies`
  return html`<button type="button" class="replies ${count === 0 ? 'none' : ''}" data-thread="${message.ts}">${words}</button>`
}

function renderMore(reader: Reader, world: World): Html {
  const item = ({ callbackId, name }: OfferedShortcut) =>
    html`<button type="button" role="menuitem" data-shortcut="${callbackId}">${name} <small>${world.team.appName}</small></button>`
  return html`<details class="overflow more"><summary aria-label="More actions for this message">⋮</summary>
    <div role="menu">${reader.shortcuts.map(item)}
      <button type="button" role="menuitem" data-admin="delete-message">Delete message, as an admin</button></div></details>`
}

function renderFile(id: string, scene: Scene, world: World): Html | '' {
  const file = world.files.find(id)
  if (!file) return ''
  return file.mimetype.startsWith('image/')
    ? html`<figure><figcaption>${file.title}</figcaption>${renderImage({ alt_text: file.altText ?? file.title, slack_file: { id } }, scene, 'picture')}</figure>`
    : html`<p><a href="/page/files/${id}">${file.title}</a></p>`
}

function authorOf(message: Message, { team, directory }: World): string {
  if (message.bot_id) return team.appName
  return directory.user(message.user)?.realName ?? 'Slackbot'
}

function avatar(message: Message, world: World): Html {
  const name = authorOf(message, world)
  const hue = [...message.user].reduce((sum, letter) => sum + letter.charCodeAt(0) * 47, 0) % 360
  return html`<span class="avatar" aria-hidden="true" style="--hue: ${hue}">${name.slice(0, 1)}</span>`
}
