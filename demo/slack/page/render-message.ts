// One message as it stands in a channel or a thread.

import type { Ephemeral, Message } from '../state/messages.ts'
import type { Notice } from '../state/notices.ts'
import type { World } from '../state/world.ts'
import { type Html, html } from './html.ts'
import { renderMrkdwn } from './mrkdwn.ts'
import { renderBlocks } from './render-block.ts'
import { renderImage } from './render-element.ts'
import { fileUrl, type Scene } from './scene.ts'

export type Reader = { user: string; notices: Notice[]; inThread: boolean }

export function renderMessage(message: Message | Ephemeral, reader: Reader, world: World): Html {
  const { directory } = world
  const scene: Scene = {
    directory,
    imageUrl: fileUrl,
    values: world.messageInputs.of({ user: reader.user, channel: message.channel, ts: message.ts }),
    errors: {},
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
      ${message.blocks ? renderBlocks(message.blocks, scene) : html`<div class="text">${renderMrkdwn(message.text, directory)}${edited(message)}</div>`}
      ${Object.values(message.unfurls ?? {}).map((unfurl) => renderUnfurl(unfurl, scene))}
      ${(message.attachments ?? []).map((one) => html`<div class="unfurl">${renderMrkdwn(String(one.text ?? one.fallback ?? ''), directory)}</div>`)}
      ${(message.files ?? []).map((id) => renderFile(id, scene, world))}
      ${notice ? html`<p class="notice" role="alert">⚠️ ${notice.text}</p>` : ''}
      ${replies(message, reader)}
    </div></article>`
}

function edited(message: Message): Html | '' {
  return message.edited ? html` <small class="edited">(edited)</small>` : ''
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

function renderUnfurl(unfurl: NonNullable<Message['unfurls']>[string], scene: Scene): Html {
  return html`<div class="unfurl">${unfurl.title ? html`<b>${unfurl.title}</b>` : ''}
    ${unfurl.text ? renderMrkdwn(unfurl.text, scene.directory) : ''}${unfurl.blocks ? renderBlocks(unfurl.blocks, scene) : ''}</div>`
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
