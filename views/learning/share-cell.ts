// A share with its counts and interval, as a cell of a table: small numbers are said to be small.
import type { Share } from '../../server/domain/learning/share.ts'
import { absent, percentInterval, roundPercent } from '../format/rate.ts'
import { type Html, html } from '../html.ts'

export function shareCell(shown: Share, label: string): Html {
  if (shown.share === null) return html`<td class="number" data-label="${label}" data-value="">${absent}</td>`
  return html`<td class="number" data-label="${label}" data-value="${shown.share}">${roundPercent(shown.share)} <span class="quiet-part">${shown.count} of ${shown.of}</span><small>${percentInterval(shown.lower, shown.upper)}${shown.isFew && ', few'}</small></td>`
}
