// Times: written in UTC here, turned into the reader's zone by the page's script.

import type { Instant } from '../../server/domain/instant.ts'
import { type Content, type Html, html } from '../html.ts'

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

/** What the service wrote, with the moments in it as times. */
export function withTimes(text: string): Content {
  return text.split(isoMoment).map((part) => (isoMoment.test(part) ? time(Date.parse(part)) : part))
}

const isoMoment = /(\d{4}-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\d(?:\.\d{1,3})?Z)/
