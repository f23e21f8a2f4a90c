// A page that only says something: not found, not allowed.
import { html } from './html.ts'
import { type PageAssets, pageDocument } from './page-document.ts'

export function messagePage(message: { title: string; lines: string[] }, assets: PageAssets): string {
  return pageDocument({
    title: `${message.title} · Firstpass`,
    body: html`<main class="message"><h1>${message.title}</h1>${message.lines.map((line) => html`<p>${line}</p>`)}</main>`,
    assets,
    script: false,
  })
}
