// First-pass yield under the limits of a build, before any station has it.
import type { PredictedYieldOfBuild } from '../../server/domain/predicted-yield/of-build.ts'
import type { PredictedShare } from '../../server/domain/predicted-yield/predicted-share.ts'
import { count, counted } from '../format/count.ts'
import { time } from '../format/instant.ts'
import { percent, percentInterval, points, pointsInterval } from '../format/rate.ts'
import { type Html, html } from '../html.ts'

/** Choices of the form, the one that is shown, and what came of it: a prediction, or why there is none. */
export type Predicted = {
  builds: { id: string; version: string }[]
  chosen: string | null
  found: PredictedYieldOfBuild | { why: string; next: string } | null
  csvUrl: string
}

const mostStations = 150
const mostMeasurements = 60

export function predicted(shown: Predicted, action: string): Html {
  return html`<section id="predicted"><h2>First-pass yield under new limits</h2>
<p class="quiet">The last first attempts of each station on the build that runs now, judged again by the limits that another build changes.</p>
<form class="filters" method="get" action="${action}#predicted">
<label>Build <select name="deployment"><option value="">choose</option>${shown.builds.map(
    ({ id, version }) =>
      html`<option value="${id}"${id === shown.chosen && html` selected`}>${version}</option>`,
  )}</select></label>
<button type="submit">Predict</button>
</form>
${shown.found !== null && (isPrediction(shown.found) ? prediction(shown.found, shown.csvUrl) : html`<p class="empty">It cannot be said: ${shown.found.why}. ${shown.found.next}</p>`)}
</section>`
}

function isPrediction(found: NonNullable<Predicted['found']>): found is PredictedYieldOfBuild {
  return 'fleet' in found
}

function prediction(found: PredictedYieldOfBuild, csvUrl: string): Html {
  const { build, against, source, fleet, measurements, unjudged } = found
  const limits = source === 'declared' ? 'as its author declared them' : 'as its own runs have shown them'
  if (measurements.length === 0)
    return html`<p>${build.version} changes no limits, ${limits}, that units of ${against.version} could be judged by again.</p>${cannot(unjudged)}`
  return html`<p><strong>${percent(fleet.now)} → ${percent(fleet.predicted)}</strong> with the limits of ${build.version}, ${limits}: ${change(fleet)}</p>
<p class="quiet">${counted(fleet.n, 'first attempt')} on ${against.version}${found.firstAt !== null && found.lastAt !== null && html`, ${time(found.firstAt)} to ${time(found.lastAt)}`}; at most ${count(found.perStation)} of each station. ${unknownText(fleet)} <a href="${csvUrl}">table</a></p>
${measurementTable(measurements)}
${cannot(unjudged)}
${stationTable(found)}`
}

function change({
  change: moved,
  changeLower,
  changeUpper,
  n,
  newlyFail,
  newlyPass,
  lower,
  upper,
}: PredictedShare): string {
  if (n === 0) return 'no first attempt on that build is stored.'
  return `${points(moved)} (95 %: ${pointsInterval(changeLower, changeUpper)}); yield ${percentInterval(lower, upper)}. ${counted(newlyFail, 'unit')} would newly fail, ${count(newlyPass)} newly pass.`
}

function unknownText({ unknown }: PredictedShare): string {
  return unknown === 0
    ? ''
    : `Of ${counted(unknown, 'unit')} it is not known: all they failed would pass, but their test stopped there. The bounds go from all of them failing to all of them passing.`
}

function measurementTable(all: PredictedYieldOfBuild['measurements']): Html {
  return html`<h3>By measurement</h3>
<table class="sortable stacked">
<thead><tr><th scope="col">Measurement</th><th scope="col">Limits</th><th scope="col" class="number">Judged</th><th scope="col" class="number">Newly fail</th><th scope="col" class="number">Newly pass</th><th scope="col" class="number">Unknown</th><th scope="col" class="number">Not recorded</th><th scope="col" class="number">Not reached</th></tr></thead>
<tbody>${all.slice(0, mostMeasurements).map(
    (
      each,
    ) => html`<tr><th scope="row">${each.place}</th><td data-label="Limits">${each.words}<small>${each.direction}</small></td>
${number(each.measured, 'Judged')}${number(each.newlyFail, 'Newly fail')}${number(each.newlyPass, 'Newly pass')}${number(each.unknown, 'Unknown')}${number(each.notRecorded, 'Not recorded')}${number(each.notReached, 'Not reached')}</tr>`,
  )}</tbody>
</table>
<p class="quiet">Not recorded: the unit passed and no number was sent; it is taken to pass again. Not reached: the unit failed before.${all.length > mostMeasurements && ` ${count(all.length - mostMeasurements)} more measurements are in the data.`}</p>`
}

function cannot(unjudged: PredictedYieldOfBuild['unjudged']): Html {
  if (unjudged.length === 0) return html``
  return html`<p>What cannot be judged again:</p><ul class="details">${unjudged.slice(0, mostMeasurements).map(({ place, why }) => html`<li>${place}: ${why}</li>`)}</ul>`
}

/** The most that would change first: those are to be seen where all do not fit. */
function stationTable({ stations }: PredictedYieldOfBuild): Html {
  const sorted = stations.toSorted((a, b) => b.newlyFail + b.newlyPass - (a.newlyFail + a.newlyPass))
  return html`<h3>By station</h3>
<table class="sortable stacked">
<thead><tr><th scope="col">Station</th><th scope="col">Site</th><th scope="col" class="number">First attempts</th><th scope="col" class="number">Now</th><th scope="col" class="number">Predicted</th><th scope="col" class="number">Change</th><th scope="col" class="number">Newly fail</th><th scope="col" class="number">Newly pass</th><th scope="col" class="number">Unknown</th></tr></thead>
<tbody>${sorted.slice(0, mostStations).map(station)}</tbody>
</table>
${stations.length > mostStations && html`<p class="quiet">and ${count(stations.length - mostStations)} more stations, in the table</p>`}`
}

function station(each: PredictedYieldOfBuild['stations'][number]): Html {
  return html`<tr><th scope="row">${each.name}</th><td data-label="Site">${each.site}</td>${number(each.n, 'First attempts')}
<td class="number" data-label="Now" data-value="${each.now ?? ''}">${percent(each.now)}</td>
<td class="number" data-label="Predicted" data-value="${each.predicted ?? ''}">${percent(each.predicted)}<small>${each.n > 0 && percentInterval(each.lower, each.upper)}</small></td>
<td class="number" data-label="Change" data-value="${each.change ?? ''}">${points(each.change)}</td>
${number(each.newlyFail, 'Newly fail')}${number(each.newlyPass, 'Newly pass')}${number(each.unknown, 'Unknown')}</tr>`
}

function number(value: number, label: string): Html {
  return html`<td class="number" data-label="${label}" data-value="${value}">${value === 0 ? '–' : count(value)}</td>`
}
