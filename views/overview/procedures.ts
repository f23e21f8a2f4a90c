// Every procedure: what is active, on how many stations, what is live and what is wrong.
import type { Overview, ProcedureLine } from '../../server/domain/overview.ts'
import { fleetAddress } from '../fleet/fleet-address.ts'
import { count, counted } from '../format/count.ts'
import { buildLink, procedureLink, rolloutLink } from '../format/links.ts'
import { absent } from '../format/rate.ts'
import { type Html, html } from '../html.ts'
import type { PageFrame } from '../page-document.ts'

/** 400 bytes each: more of them would make the page heavy. */
const mostShown = 120

export function procedureList({ procedures }: Overview, frame: PageFrame): Html {
  return html`<section data-part="procedures">
<h2>Procedures</h2>
${
  procedures.length === 0
    ? html`<p class="empty">No procedure is registered yet. Add one with <code>POST /api/v1/procedures</code> (see <a href="${frame.base}/docs">the interface</a>), register a build of it with <code>firstpass deploy</code>, and link its stations.</p>`
    : html`<table class="sortable stacked"><thead><tr><th scope="col">Procedure</th><th scope="col">Active build</th><th scope="col" class="number">Stations</th><th scope="col">Rollout</th><th scope="col" class="number">Open alarms</th></tr></thead>
<tbody>${procedures.slice(0, mostShown).map((each) => row(each, frame))}</tbody></table>
${procedures.length > mostShown && html`<p class="quiet">${mostShown} of ${counted(procedures.length, 'procedure')} are shown.</p>`}`
}
</section>`
}

function row(
  { id, name, active, stationCount, sites, openAlarms, live }: ProcedureLine,
  frame: PageFrame,
): Html {
  return html`<tr>
<th scope="row">${procedureLink(frame, { id, name })}</th>
<td data-label="Active">${active ? buildLink(frame, active) : 'none yet'}</td>
<td class="number" data-label="Stations" data-value="${stationCount}">${count(stationCount)}<small>${counted(sites, 'site')}</small></td>
<td data-label="Rollout">${live ? rolloutLink(frame, live.id, live.status) : absent}</td>
<td class="number" data-label="Open alarms">${openAlarms === 0 ? '0' : html`<a class="alert" href="${fleetAddress(frame, { procedure: id, trouble: 'any' })}">${count(openAlarms)}</a>`}</td>
</tr>`
}
