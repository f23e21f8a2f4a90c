// How many stations should run each build and how many last ran it, and which of them are in trouble.
import type { FleetView } from '../../server/domain/fleet/fleet.ts'
import { fleetAddress } from '../fleet/fleet-address.ts'
import { fleetRows } from '../fleet/fleet-table.ts'
import { count, counted } from '../format/count.ts'
import { buildLink } from '../format/links.ts'
import { type Html, html } from '../html.ts'
import type { PageFrame } from '../page-document.ts'

export function whatRuns({ running, counts, filter, total, rows }: FleetView, frame: PageFrame): Html {
  return html`<section data-part="what-runs">
<h2>What its stations run</h2>
${
  total === 0
    ? html`<p class="empty">No station is linked to it yet.</p>`
    : html`<p>${counts.troubled === 0 ? 'No station of it is in trouble.' : html`<strong class="alert">${counted(counts.troubled, 'station')} in trouble</strong>: ${html`<a href="${fleetAddress(frame, { procedure: filter.procedure, trouble: 'any' })}">show them</a>`}.`} <a href="${fleetAddress(frame, { procedure: filter.procedure })}">All of them in the fleet</a>.</p>
<table class="stacked">
<thead><tr><th scope="col">Build</th><th scope="col" class="number">Should run it</th><th scope="col" class="number">Acknowledged it last</th><th scope="col" class="number">Ran it last</th></tr></thead>
<tbody>${running.map(
        ({ build, desired, pulled, ran }) =>
          html`<tr><th scope="row">${buildLink(frame, build)}</th><td class="number" data-label="Should">${count(desired)}</td><td class="number" data-label="Took">${count(pulled)}</td><td class="number" data-label="Ran">${count(ran)}</td></tr>`,
      )}</tbody>
</table>
<h3>Its stations, the troubled first</h3>
${fleetRows(rows, frame)}
${rows.length < total && html`<p class="quiet">${rows.length} of ${counted(total, 'station')} are shown; <a href="${fleetAddress(frame, { procedure: filter.procedure })}">all of them in the fleet</a>.</p>`}`
}
</section>`
}
