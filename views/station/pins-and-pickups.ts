// What it was asked to run and what it acknowledged, newest first.
import type { PastPickup, PastPin, StationRecord } from '../../server/domain/station-record.ts'
import { time } from '../format/instant.ts'
import { buildLink, procedureLink, rolloutLink } from '../format/links.ts'
import { type Html, html } from '../html.ts'
import type { PageFrame } from '../page-document.ts'

export function stationPins({ pins, pickups }: StationRecord, frame: PageFrame): Html {
  return html`<section data-part="pins">
<h2>Pins</h2>
${
  pins.length === 0
    ? html`<p class="empty">Nothing was ever asked of it.</p>`
    : html`<table class="stacked"><thead><tr><th scope="col">From</th><th scope="col">Until</th><th scope="col">Procedure</th><th scope="col">Build</th><th scope="col">Told</th><th scope="col">By</th></tr></thead>
<tbody>${pins.map((each) => pin(each, frame))}</tbody></table>`
}
</section>
<section data-part="pickups">
<h2>Pickups</h2>
${
  pickups.length === 0
    ? html`<p class="empty">It has acknowledged nothing yet; its runs alone tell what it runs.</p>`
    : html`<table class="stacked"><thead><tr><th scope="col">When</th><th scope="col">It says</th><th scope="col">Procedure</th><th scope="col">Build</th><th scope="col">Message</th></tr></thead>
<tbody>${pickups.map((each) => pickup(each, frame))}</tbody></table>`
}
</section>`
}

function pin({ from, to, procedure, build, servedAt, rolloutId }: PastPin, frame: PageFrame): Html {
  return html`<tr><th scope="row">${time(from)}</th>
<td data-label="Until">${to === null ? html`<strong>in force</strong>` : time(to)}</td>
<td data-label="Procedure">${procedureLink(frame, procedure)}</td>
<td data-label="Build">${buildLink(frame, build)}</td>
<td data-label="Told">${servedAt === null ? 'never' : time(servedAt)}</td>
<td data-label="By">${rolloutId === null ? 'no rollout' : rolloutLink(frame, rolloutId, 'a rollout')}</td></tr>`
}

function pickup({ at, state, procedure, build, message }: PastPickup, frame: PageFrame): Html {
  return html`<tr><th scope="row">${time(at)}</th>
<td data-label="It says">${state === 'failed' ? html`<strong class="alert">failed</strong>` : state}</td>
<td data-label="Procedure">${procedureLink(frame, procedure)}</td>
<td data-label="Build">${buildLink(frame, build)}</td>
<td data-label="Message">${message}</td></tr>`
}
