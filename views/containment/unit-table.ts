// Units of a containment list as a table: which serial, what the build said of it, where, and what became of it.
import type { ContainedUnit } from '../../server/domain/containment.ts'
import { count } from '../format/count.ts'
import { time } from '../format/instant.ts'
import { absent } from '../format/rate.ts'
import { type Html, html } from '../html.ts'

export function unitTable(units: ContainedUnit[], caption: string): Html {
  if (units.length === 0) return html`<p class="empty">None.</p>`
  return html`<table class="contained stacked"><caption class="unseen">${caption}</caption>
<thead><tr><th scope="col">Serial number</th><th scope="col">Last verdict</th><th scope="col">Station</th><th scope="col">Judged</th><th scope="col">Since then</th></tr></thead>
<tbody>${units.map(row)}</tbody>
</table>`
}

function row(unit: ContainedUnit): Html {
  const { serial, verdict, station, endedAt, failureMode } = unit
  return html`<tr>
<th scope="row">${serial}</th>
<td>${verdict}${failureMode !== null && html` <small>${failureMode}</small>`}${judgements(unit)}</td>
<td>${station.name} <small>${station.site}, ${station.line}</small></td>
<td>${time(endedAt)}</td>
<td>${since(unit)}</td>
</tr>`
}

/** A unit that passed only at a second try is worth another look than one that passed at once. */
function judgements({ runs, passedRuns, firstAt }: ContainedUnit): Html | null {
  if (runs === 1) return null
  return html` <small>${count(runs)} runs on the build since ${time(firstAt)}, ${count(passedRuns)} passed</small>`
}

function since({ retest, state }: ContainedUnit): Html {
  if (retest === null) return html`<span class="quiet-word">${absent} not tested again</span>`
  const word = state === 'open' ? html`open` : html`<strong>${state}</strong>`
  return html`${word} <small>${retest.outcome} on ${retest.build.version}, ${retest.station.name}, ${time(retest.at)}</small>`
}
