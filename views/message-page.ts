// A page that only says something: not found, not allowed.
import { html } from './html.ts'
import { type PageFrame, pageDocument } from './page-document.ts'

export function messagePage(message: { title: string; lines: string[] }, frame: PageFrame): string {
  return pageDocument({
    title: message.title,
    body: html`<main class="message" id="content"><h1>${message.title}</h1>${message.lines.map((line) => html`<p>${line}</p>`)}</main>`,
    frame,
    script: false,
  })
}
