// What people did with the station, newest first.
import type { StationRecord } from '../../server/domain/station-record.ts'
import { time } from '../format/instant.ts'
import { reason } from '../format/reason.ts'
import { actorName, capitalised } from '../format/words.ts'
import { type Html, html } from '../html.ts'

export function stationActs({ acts }: StationRecord): Html {
  return html`<section data-part="record">
<h2>What people did with it</h2>
${acts.length === 0 && html`<p class="quiet">Nothing is recorded.</p>`}
<ol class="record">${acts.map(
    ({ type, by, why, at }) => html`<li${by.kind === 'person' && html` class="by-person"`}>
<span class="when">${time(at)}</span>
<span class="what">${capitalised(type)}${reason(by, why)}</span>
<span class="who">${actorName(by)}</span>
</li>`,
  )}</ol>
</section>`
}
