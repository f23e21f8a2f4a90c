// How many stations should run each build and how many last ran it, and which of them are in trouble.
import type { FleetView } from '../../server/domain/fleet/fleet.ts'
import { fleetAddress } from '../fleet/fleet-address.ts'
import { fleetRows } from '../fleet/fleet-table.ts'
import { runningBuilds } from '../fleet/running-builds.ts'
import { counted } from '../format/count.ts'
import { type Html, html } from '../html.ts'
import type { PageFrame } from '../page-document.ts'

export function whatRuns({ running, counts, filter, total, rows }: FleetView, frame: PageFrame): Html {
  return html`<section data-part="what-runs">
<h2>What its stations run</h2>
${
  total === 0
    ? html`<p class="empty">No station is linked to it yet.</p>`
    : html`<p>${counts.troubled === 0 ? 'No station of it is in trouble.' : html`<strong class="alert">${counted(counts.troubled, 'station')} in trouble</strong>: ${html`<a href="${fleetAddress(frame, { procedure: filter.procedure, trouble: 'any' })}">show them</a>`}.`} <a href="${fleetAddress(frame, { procedure: filter.procedure })}">All of them in the fleet</a>.</p>
${runningBuilds(running, frame)}
<h3>Its stations, the troubled first</h3>
${fleetRows(rows, frame, false)}
${rows.length < total && html`<p class="quiet">${rows.length} of ${counted(total, 'station')} are shown; <a href="${fleetAddress(frame, { procedure: filter.procedure })}">all of them in the fleet</a>.</p>`}`
}
</section>`
}
