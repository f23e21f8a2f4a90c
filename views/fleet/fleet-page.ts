// The fleet: how many stations are in trouble and with what, where, and who runs what, drift and silence first.
import type { FleetView } from '../../server/domain/fleet/fleet.ts'
import { type Html, html } from '../html.ts'
import { type PageFrame, pageDocument } from '../page-document.ts'
import { fleetCounts } from './fleet-counts.ts'
import { fleetFilters } from './fleet-filters.ts'
import { fleetPlaces } from './fleet-places.ts'
import { fleetTable } from './fleet-table.ts'
import { runningBuilds } from './running-builds.ts'

const refreshSeconds = 30

export function fleetPage(fleet: FleetView, frame: PageFrame): string {
  const isEmpty = fleet.known.sites.length === 0
  return pageDocument({
    title: 'Fleet',
    body: html`<main id="content" data-refresh-seconds="${refreshSeconds}">
<header class="heading"><h1>Fleet</h1></header>
${
  isEmpty
    ? html`<p class="empty">No station is registered yet. Register one with <code>POST /api/v1/stations</code> (see <a href="${frame.base}/docs">the interface</a>), give its key to the bench, and link it to a procedure: it appears here as soon as it asks what to run.</p>`
    : html`${fleetCounts(fleet, frame)}${fleetFilters(fleet, frame)}${fleetTable(fleet, frame)}${fleetPlaces(fleet, frame)}${builds(fleet, frame)}`
}
</main>
<footer><p data-live>Times are UTC.<noscript> Reload the page to see what changed.</noscript></p></footer>`,
    frame,
    script: true,
    place: 'fleet',
  })
}

function builds({ running }: FleetView, frame: PageFrame): Html {
  return html`<section data-part="running"${running.length === 0 && html` hidden`}>${
    running.length > 0 && html`<h2>Builds on the stations</h2>${runningBuilds(running, frame, true)}`
  }</section>`
}
