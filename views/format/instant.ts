// Times: written in UTC here, turned into the reader's zone by the page's script.

import type { Instant } from '../../server/domain/instant.ts'
import { type Html, html } from '../html.ts'

const utc = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  timeZone: 'UTC',
})

/** "3 Mar 2026, 10:41 UTC" */
export function instantText(at: Instant): string {
  return `${utc.format(at)} UTC`
}

export function time(at: Instant): Html {
  return html`<time datetime="${new Date(at).toISOString()}">${instantText(at)}</time>`
}
