// Who runs what: a row for each station and procedure, the troubled first.
import type { FleetRow, FleetTrouble, FleetView } from '../../server/domain/fleet/fleet.ts'
import { count, counted } from '../format/count.ts'
import { time } from '../format/instant.ts'
import { buildLink, procedureLink, rolloutLink, stationLink } from '../format/links.ts'
import { absent } from '../format/rate.ts'
import { capitalised } from '../format/words.ts'
import { type Content, type Html, html } from '../html.ts'
import type { PageFrame } from '../page-document.ts'
import { fleetAddress } from './fleet-address.ts'
import { progressWords, troubleWords } from './fleet-words.ts'

type Shown = FleetView['rows'][number]

export function fleetTable(fleet: FleetView, frame: PageFrame): Html {
  return html`<section data-part="fleet">
<h2>Who runs what</h2>
${
  fleet.rows.length === 0
    ? html`<p class="empty">No station is like that. <a href="${frame.base}/fleet">Show all</a>, or choose less.</p>`
    : html`<p class="quiet">${range(fleet)}</p>
${fleetRows(fleet.rows, frame, true)}
${pages(fleet, frame)}`
}
</section>`
}

/** @param ofMany names each row's procedure, where they are of more than one. */
export function fleetRows(rows: Shown[], frame: PageFrame, ofMany: boolean): Html {
  return html`<table class="sortable stacked fleet${ofMany && html` of-many`}">
<thead><tr><th scope="col">Station</th><th scope="col">Site, line</th>${ofMany && html`<th scope="col">Procedure</th>`}<th scope="col">Should run</th><th scope="col">Ran last</th><th scope="col">State</th><th scope="col">Trouble</th><th scope="col">Heard of</th></tr></thead>
<tbody>${rows.map((each) => row(each, frame, ofMany))}</tbody>
</table>`
}

function row(shown: Shown, frame: PageFrame, ofMany: boolean): Html {
  const { station, procedure, desired, ran, troubles, aside, progress } = shown
  return html`<tr${troubles.length > 0 && html` class="troubled"`}>
<th scope="row">${stationLink(frame, station)}</th>
<td>${station.site}<small>${station.line}</small></td>
${ofMany && html`<td data-label="Procedure">${procedure ? procedureLink(frame, procedure) : 'none'}</td>`}
<td data-label="Should run">${desired ? buildLink(frame, desired) : absent}</td>
<td data-label="Ran last"${ran && html` data-value="${ran.at}"`}>${ran ? html`${isOther(shown) ? html`<strong class="alert">${buildLink(frame, ran)}</strong>` : buildLink(frame, ran)}<small>${time(ran.at)}</small>` : absent}</td>
<td data-label="State">${capitalised(progressWords[progress])}${acknowledged(shown)}${rollout(shown, frame)}${aside !== null && html`<small>${aside}</small>`}</td>
<td data-label="Trouble">${troubles.map(trouble)}</td>
<td data-label="Heard of" data-value="${shown.heardAt ?? 0}">${heard(shown)}</td>
</tr>`
}

/** The second of the three facts; that it runs what it should is said by its run already. */
function acknowledged({ pulled, progress }: FleetRow): Content {
  if (progress === 'confirmed' || progress === 'nothing asked') return null
  return html`<small>${pulled === null ? 'nothing acknowledged' : `last said: ${pulled.version} ${pulled.state}`}</small>`
}

function isOther({ desired, ran }: FleetRow): boolean {
  return desired !== null && ran !== null && desired.id !== ran.id
}

function rollout({ rollout: live }: FleetRow, frame: PageFrame): Content {
  return live && html`<small>${rolloutLink(frame, live.id, `in a rollout: ${live.station}`)}</small>`
}

function trouble({ kind, since, detail }: FleetTrouble): Html {
  return html`<strong class="alert">${capitalised(troubleWords[kind])}</strong>${detail !== null && html`<small>${detail}</small>`}${since !== null && html`<small>since ${time(since)}</small>`}`
}

function heard({ connection, heardAt }: Shown): Content {
  const state = connection?.busy ? 'in a run' : (connection?.state ?? absent)
  const closed = connection?.isClosed === true && connection.state !== 'connected'
  return html`${state}${closed && html`<small>its site is closed</small>`}${heardAt !== null && html`<small>${time(heardAt)}</small>`}`
}

function range({ rows, total, filter, pageCount, pageSize }: FleetView): string {
  if (pageCount === 1) return `${counted(total, 'row')}, the troubled first.`
  const from = (filter.page - 1) * pageSize + 1
  return `Rows ${count(from)} to ${count(from + rows.length - 1)} of ${count(total)}, the troubled first. Sorting by a column sorts this page.`
}

function pages({ filter, pageCount }: FleetView, frame: PageFrame): Content {
  if (pageCount === 1) return null
  const { page } = filter
  const to = (number: number) => fleetAddress(frame, { ...filter, page: number })
  return html`<nav class="pager" aria-label="Pages of the list">${page > 1 && html`<a rel="prev" href="${to(page - 1)}">Page ${page - 1}</a> `}<span aria-current="page">Page ${page} of ${pageCount}</span>${page < pageCount && html` <a rel="next" href="${to(page + 1)}">Page ${page + 1}</a>`}</nav>`
}
