// What hangs below a message: previews of links and attachments, with a line of their colour.
import { z } from 'zod'
import { checkBlocks } from '../blocks/check-blocks.ts'
import { type Html, html } from './html.ts'
import { renderMrkdwn } from './mrkdwn.ts'
import { renderBlocks } from './render-block.ts'
import type { Scene } from './scene.ts'

const words = z.string().optional().catch(undefined)
const attachment = z.object({
  color: words,
  pretext: words,
  author_name: words,
  title: words,
  title_link: words,
  text: words,
  fallback: words,
  footer: words,
  fields: z.array(z.object({ title: words, value: words })).default([]),
  blocks: z.array(z.unknown()).optional(),
})

export function renderAttachment(input: unknown, scene: Scene): Html {
  const shown = attachment.safeParse(input)
  if (!shown.success) return html``
  const { color, pretext, author_name, title, title_link, text, fallback, footer, fields } = shown.data
  const blocks = shown.data.blocks ? checkBlocks(shown.data.blocks, 'message') : undefined
  const marked = (value: string) => renderMrkdwn(value, scene.directory)
  const body = text ?? (title || blocks ? undefined : fallback)
  return html`${pretext ? html`<div>${marked(pretext)}</div>` : ''}
    <div class="unfurl" style="${/^#?[0-9a-f]{6}$/i.test(color ?? '') ? `--stripe: #${color?.replace('#', '')}` : ''}">
    ${author_name ? html`<small>${author_name}</small>` : ''}
    ${title ? html`<b>${title_link ? html`<a href="${title_link}" target="_blank" rel="noopener">${title}</a>` : title}</b>` : ''}
    ${body ? html`<div>${marked(body)}</div>` : ''}
    ${blocks && 'blocks' in blocks ? renderBlocks(blocks.blocks, scene) : ''}
    ${fields.length > 0 ? html`<div class="fields">${fields.map((field) => html`<div><b>${field.title}</b><br>${marked(field.value ?? '')}</div>`)}</div>` : ''}
    ${footer ? html`<small>${footer}</small>` : ''}</div>`
}
