// Sends what a person did and shows what went wrong with it.
import type { Act } from '../act.ts'

/** A modal and a search show at their own place what went wrong. */
const tellsItself: Act['do'][] = ['submit', 'suggest']

export type Reply = { ok?: boolean; says?: string; error?: string; options?: unknown }

export async function sendAct(act: Act): Promise<Reply> {
  const response = await fetch(`/page/act?team=${document.body.dataset.team}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(act),
  }).catch(() => undefined)
  const reply: Reply = response ? await response.json() : { ok: false, says: 'The workspace has stopped.' }
  if (reply.ok === false && reply.says && !tellsItself.includes(act.do)) toast(reply.says)
  return reply
}

export function toast(text: string): void {
  const line = document.querySelector<HTMLElement>('#toast')
  if (!line) return
  line.textContent = text
  line.hidden = false
  setTimeout(() => {
    if (line.textContent === text) line.hidden = true
  }, 5000)
}
