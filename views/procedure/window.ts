// When the next stage may take its stations, given hours and freezes.
import type { NextWindow, Window } from '../../server/domain/next-window.ts'
import type { ProcedureRecord } from '../../server/domain/procedure-record.ts'
import { time } from '../format/instant.ts'
import { capitalised } from '../format/words.ts'
import { type Content, type Html, html } from '../html.ts'

export function nextWindow({ window, stationCount, live }: ProcedureRecord): Html {
  return html`<section data-part="window">
<h2>Next window</h2>
${stationCount === 0 ? html`<p class="empty">It is linked to no station, so no stage could take one. Link stations with <code>POST /api/v1/procedures/{id}/stations/{station}</code>.</p>` : html`<p>${words(window)} ${live === null ? 'That holds for a stage with stations of all its sites.' : 'A stage waits only for the sites of the stations that it takes.'}</p>${sites(window)}`}
</section>`
}

function words({ isOpen, why, opensAt, closesAt }: Window): Content {
  const until = closesAt === null ? 'for as long as one can see' : html`until ${time(closesAt)}`
  if (isOpen) return html`<strong>Open now</strong>: a stage may take stations ${until}.`
  if (opensAt === null) return html`<strong>Closed</strong>: ${why}. It does not open within 60 days.`
  return html`<strong>Closed now</strong>: ${why}. A stage may next take stations from ${time(opensAt)} ${until}.`
}

/** Only where they differ: several sites that are all open need no table. */
function sites({ sites: each, isOpen, closesAt }: NextWindow): Content {
  if (each.every((site) => site.isOpen === isOpen && site.closesAt === closesAt)) return null
  return html`<table class="stacked"><thead><tr><th scope="col">Site</th><th scope="col">Now</th><th scope="col">Opens</th><th scope="col">Closes</th><th scope="col">Why</th></tr></thead><tbody>${each.map(
    ({ site, isOpen: open, why, opensAt, closesAt: closes }) =>
      html`<tr><th scope="row">${site}</th><td data-label="Now">${open ? 'open' : html`<strong>closed</strong>`}</td><td data-label="Opens">${opensAt === null ? 'not within 60 days' : open ? 'is open' : time(opensAt)}</td><td data-label="Closes">${closes === null ? 'not within 14 days' : time(closes)}</td><td data-label="Why">${why !== null && capitalised(why)}</td></tr>`,
  )}</tbody></table>`
}
