// Sites and lines, the most troubled first.
import { type FleetPlace, type FleetView, troubleKinds } from '../../server/domain/fleet/fleet.ts'
import { count } from '../format/count.ts'
import { type Html, html } from '../html.ts'
import type { PageFrame } from '../page-document.ts'
import { fleetAddress } from './fleet-address.ts'
import { troubleWords } from './fleet-words.ts'

export function fleetPlaces({ places, placeCount, filter }: FleetView, frame: PageFrame): Html {
  const place = ({ site, line, stations, troubled, kinds }: FleetPlace) => html`<tr>
<th scope="row"><a href="${fleetAddress(frame, { ...filter, site, line: null, page: 1 })}">${site}</a></th>
<td data-label="Line"><a href="${fleetAddress(frame, { ...filter, site, line, page: 1 })}">${line}</a></td>
<td class="number" data-label="Stations">${count(stations)}</td>
<td class="number" data-label="In trouble">${troubled > 0 ? html`<strong class="alert">${count(troubled)}</strong>` : '0'}</td>
<td data-label="What">${troubleKinds.flatMap((kind) => (kinds[kind] ? [`${kinds[kind]} ${troubleWords[kind]}`] : [])).join(', ')}</td>
</tr>`
  return html`<section data-part="places">
<h2>Sites and lines</h2>
<table class="sortable stacked places">
<thead><tr><th scope="col">Site</th><th scope="col">Line</th><th scope="col" class="number">Stations</th><th scope="col" class="number">In trouble</th><th scope="col">With what</th></tr></thead>
<tbody>${places.map(place)}</tbody>
</table>
${placeCount > places.length && html`<p class="quiet">The ${places.length} most troubled of ${count(placeCount)} lines are shown.</p>`}
</section>`
}
