// How the runs of both arms failed: by category and mode, what is beyond base first; and what stations reported of themselves.
import type { FailurePareto, ModeOfFailure } from '../../server/domain/failures/pareto.ts'
import type { SortedTrouble } from '../../server/domain/failures/station-trouble.ts'
import { count, counted } from '../format/count.ts'
import { time } from '../format/instant.ts'
import { absent, percent } from '../format/rate.ts'
import { type Html, html } from '../html.ts'
import type { ShownRange } from './time-range.ts'

export type ShownFailures = FailurePareto & {
  stationTroubles: SortedTrouble[]
  /** Addresses of the same as data and as a table. */
  jsonUrl: string
  csvUrl: string
}

/** Of all categories together, about as many as a reader looks through; the rest is in the table. */
const mostModes = 20

export function failures(shown: ShownFailures | null, range: ShownRange | null): Html {
  const some = shown !== null && (shown.categories.length > 0 || shown.stationTroubles.length > 0)
  return html`<section data-part="failures"${!some && html` hidden`}>
${
  some &&
  html`<h2>Failures</h2>
<p class="quiet">${range?.isPart ? html`<strong>${time(range.from)} to ${time(range.to)} only.</strong> ` : null}${inBrief(shown)} <a href="${shown.jsonUrl}">data</a> <a href="${shown.csvUrl}">table</a></p>
${shown.categories.length > 0 && table(shown)}
${shown.stationTroubles.length > 0 && troubles(shown.stationTroubles)}`
}
</section>`
}

function inBrief({ canary, excess }: FailurePareto): string {
  const failed = `${count(canary.failed)} of ${counted(canary.runs, 'run')} on the new build did not pass`
  if (excess === null) return `${failed}; base has run nothing to compare with.`
  return `${failed}: ${amount(excess)} against the rate of base in the same time.`
}

function table(shown: FailurePareto): Html {
  const most = Math.max(2, Math.floor(mostModes / shown.categories.length))
  return html`<table class="failures stacked">
<thead><tr><th scope="col">What failed</th><th scope="col" class="number">Canary</th><th scope="col" class="number">Base</th><th scope="col" class="number">Beyond base</th><th scope="col">Mostly on</th><th scope="col">First seen</th></tr></thead>
${shown.categories.map(
  (category) => html`<tbody>
<tr class="category"><th scope="rowgroup">${category.category}${category.action !== null && html`<small>${category.action}</small>`}</th>${numbers(category)}</tr>
${category.modes.slice(0, most).map(row)}
${category.modes.length > most && html`<tr><td colspan="6" class="quiet">and ${count(category.modes.length - most)} more, in the table</td></tr>`}
</tbody>`,
)}
</table>`
}

function row(mode: ModeOfFailure): Html {
  return html`<tr>
<th scope="row">${mode.mode ?? 'nothing was said'}${mode.isNew && html` <strong class="new-mode">new</strong>`}${mode.example !== null && html`<small>${mode.example}</small>`}</th>${numbers(mode)}
</tr>`
}

function numbers({
  canary,
  base,
  excess,
  stations,
  firstSeenAt,
}: Omit<ModeOfFailure, 'mode' | 'isNew' | 'example'>): Html {
  return html`<td class="number" data-label="Canary">${arm(canary)}</td>
<td class="number" data-label="Base">${arm(base)}</td>
<td class="number" data-label="Beyond base">${excess === null ? absent : amount(excess)}</td>
<td data-label="Mostly on">${stations.map(({ name, runs }) => `${name} (${runs})`).join(', ')}</td>
<td data-label="First seen">${firstSeenAt === null ? absent : time(firstSeenAt)}</td>`
}

function arm({ runs, units, rate }: ModeOfFailure['canary']): Html {
  return html`${count(runs)}<small>${percent(rate)}, ${counted(units, 'unit')}</small>`
}

/** "+7.2", "−0.4" */
function amount(excess: number): string {
  const text = Math.abs(excess).toFixed(1)
  return Number(text) === 0 ? text : `${excess < 0 ? '\u2212' : '+'}${text}`
}

function troubles(all: SortedTrouble[]): Html {
  return html`<h3>Reported by stations</h3>
<table class="failures stacked">
<thead><tr><th scope="col">What they said</th><th scope="col">Category</th><th scope="col">Asked to run</th><th scope="col" class="number">Times</th><th scope="col">Stations</th><th scope="col">Last</th></tr></thead>
<tbody>${all.slice(0, 20).map(
    (each) => html`<tr>
<th scope="row">${each.message}${each.code !== null && html`<small>${each.code}</small>`}</th>
<td>${each.category}${each.action !== null && html`<small>${each.action}</small>`}</td>
<td>${each.arm}${each.kind === 'failed pickup' && html`<small>could not be taken</small>`}</td>
<td class="number">${count(each.times)}</td>
<td>${each.names.join(', ')}${each.stations > each.names.length && ` and ${each.stations - each.names.length} more`}</td>
<td>${time(each.lastAt)}</td>
</tr>`,
  )}</tbody>
</table>`
}
