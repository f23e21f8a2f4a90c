// Slack's mrkdwn and plain text as HTML. Source: docs.slack.dev/messaging/formatting-message-text
import type { TextObject } from '../blocks/text-object.ts'
import type { Directory } from '../state/directory.ts'
import { withEmoji } from './emoji.ts'
import { escapeHtml, type Html, raw } from './html.ts'

export function renderText(text: TextObject, directory: Directory): Html {
  return text.type === 'mrkdwn' ? renderMrkdwn(text.text, directory) : renderPlainText(text.text)
}

export function renderPlainText(text: string): Html {
  return raw(escapeHtml(withEmoji(text)).replaceAll('\n', '<br>'))
}

/** Code and `<…>` sequences are set aside first, between private-use characters, so that no rule touches them. */
export function renderMrkdwn(text: string, directory: Directory): Html {
  const aside: string[] = []
  const keep = (piece: string) => `\uE000${aside.push(piece) - 1}\uE000`
  const bare = text
    .replace(/```\n?([\s\S]+?)\n?```/g, (_, code: string) => keep(`<pre>${literal(code)}</pre>`))
    .replace(/`([^`\n]+)`/g, (_, code: string) => keep(`<code>${literal(code)}</code>`))
    .replace(/<([^<>\n]+)>/g, (_, inside: string) => keep(sequence(inside, directory)))
  const formatted = paragraphs(emphasized(withEmoji(escapeHtml(unescaped(bare)))))
  const restore = (part: string): string =>
    part.replace(/\uE000(\d+)\uE000/g, (_, at) => restore(aside[Number(at)] ?? ''))
  return raw(restore(formatted))
}

function emphasized(text: string): string {
  const between = (mark: string) =>
    new RegExp(`(^|[\\s(\\[{.,;:'"_*~>–—-])${mark}(?=\\S)([^\\n]*?\\S)${mark}(?![\\w])`, 'gm')
  return text
    .replace(between('\\*'), '$1<strong>$2</strong>')
    .replace(between('_'), '$1<em>$2</em>')
    .replace(between('~'), '$1<s>$2</s>')
}

/** Lines that begin with > are quotes; the others keep their breaks. */
function paragraphs(text: string): string {
  const lines = text.split('\n')
  const out: string[] = []
  let quote: string[] = []
  const endQuote = () => {
    if (quote.length > 0) out.push(`<blockquote>${quote.join('<br>')}</blockquote>`)
    quote = []
  }
  lines.forEach((line, index) => {
    if (line.startsWith('&gt;')) {
      quote.push(line.slice(4).trimStart())
      return
    }
    endQuote()
    out.push(line + (index < lines.length - 1 && !lines[index + 1]?.startsWith('&gt;') ? '<br>' : ''))
  })
  endQuote()
  return out.join('')
}

function sequence(inside: string, directory: Directory): string {
  const bar = inside.indexOf('|')
  const target = bar < 0 ? inside : inside.slice(0, bar)
  const label = bar < 0 ? undefined : inside.slice(bar + 1)
  if (target.startsWith('@'))
    return mention(`@${directory.user(target.slice(1))?.name ?? label ?? target.slice(1)}`)
  if (target.startsWith('#')) {
    const channel = directory.conversation(target.slice(1))
    const name = escapeHtml(channel?.name ?? label ?? target.slice(1))
    return channel
      ? `<a class="mention" data-place="${channel.id}" href="#">#${name}</a>`
      : mention(`#${name}`)
  }
  if (target.startsWith('!date^')) return date(target, label)
  if (target.startsWith('!subteam^')) {
    const group = directory.userGroup(target.slice(9))
    return mention(`@${group?.handle ?? label ?? 'group'}`)
  }
  if (target.startsWith('!')) return mention(`@${target.slice(1)}`)
  if (!/^(https?|mailto|tel):/.test(target)) return literal(`<${inside}>`)
  return link(target, label ?? target)
}

function mention(text: string): string {
  return `<span class="mention">${escapeHtml(text)}</span>`
}

function link(url: string, label: string): string {
  return `<a href="${literal(url)}" target="_blank" rel="noopener">${emphasized(withEmoji(literal(label)))}</a>`
}

/** The reader's browser puts the date into their own zone; until then they see the fallback. */
function date(target: string, fallback = ''): string {
  const [, epoch = '', format = '', url] = target.split('^')
  const time = `<time data-epoch="${literal(epoch)}" data-format="${literal(format)}">${literal(fallback)}</time>`
  return url ? `<a href="${literal(url)}" target="_blank" rel="noopener">${time}</a>` : time
}

function literal(text: string): string {
  return escapeHtml(unescaped(text))
}

function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
}
