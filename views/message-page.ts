// A page that only says something: not found, not allowed, done.
import { html } from './html.ts'
import { type PageFrame, pageDocument } from './page-document.ts'

/** `action`: what to do about it, as a link. */
export type Message = { title: string; lines: string[]; action?: { label: string; url: string } }

export function messagePage({ title, lines, action }: Message, frame: PageFrame): string {
  return pageDocument({
    title,
    body: html`<main class="message" id="content"><h1>${title}</h1>${lines.map((line) => html`<p>${line}</p>`)}
${action !== undefined && html`<p><a class="button" href="${action.url}">${action.label}</a></p>`}</main>`,
    frame,
    script: false,
  })
}
