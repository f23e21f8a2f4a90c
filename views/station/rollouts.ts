// The rollouts that took it, and how it did on the new build beside its own past.
import type { RolloutOfStation, StationRecord } from '../../server/domain/station-record.ts'
import { wilsonInterval } from '../../server/domain/statistics/wilson-interval.ts'
import { count } from '../format/count.ts'
import { time } from '../format/instant.ts'
import { buildLink, procedureLink, rolloutLink } from '../format/links.ts'
import { absent, percent, percentInterval, points } from '../format/rate.ts'
import { type Content, type Html, html } from '../html.ts'
import type { PageFrame } from '../page-document.ts'

export function stationRollouts({ rollouts }: StationRecord, frame: PageFrame): Html {
  return html`<section data-part="rollouts">
<h2>Rollouts that took it</h2>
${
  rollouts.length === 0
    ? html`<p class="empty">No rollout has given it a new build yet.</p>`
    : html`<p class="quiet">On the new build: first attempts since the rollout started, with Wilson intervals at 95 %. Own past: on base, frozen at the start. The difference is a description; the gates judge all canaries together.</p>
<table class="sortable stacked">
<thead><tr><th scope="col">Rollout</th><th scope="col">Procedure</th><th scope="col">Build</th><th scope="col">Stage</th><th scope="col">It is</th><th scope="col" class="number">On the new build</th><th scope="col" class="number">Own past</th><th scope="col" class="number">Difference</th></tr></thead>
<tbody>${rollouts.map((each) => row(each, frame))}</tbody>
</table>`
}
</section>`
}

function row(each: RolloutOfStation, frame: PageFrame): Html {
  const {
    id,
    status,
    procedure,
    build,
    station,
    stageIndex,
    startedAt,
    units,
    passed,
    pastUnits,
    pastPassed,
  } = each
  return html`<tr>
<th scope="row" data-value="${startedAt}">${rolloutLink(frame, id, status)}<small>${time(startedAt)}</small></th>
<td data-label="Procedure">${procedureLink(frame, procedure)}</td>
<td data-label="Build">${buildLink(frame, build)}</td>
<td data-label="Stage">${stageIndex === null || stageIndex < 0 ? absent : stageIndex + 1}${stageIndex === 0 && html`<small>as a first canary</small>`}</td>
<td data-label="It is">${station}${each.errors > 0 && html`<small>${count(each.errors)} errors in ${count(each.runs)} runs</small>`}</td>
<td class="number" data-label="New build" data-value="${units === 0 ? -1 : passed / units}">${rate(passed, units)}</td>
<td class="number" data-label="Own past" data-value="${pastUnits === 0 ? -1 : pastPassed / pastUnits}">${rate(pastPassed, pastUnits)}</td>
<td class="number" data-label="Difference">${units === 0 || pastUnits === 0 ? absent : points(passed / units - pastPassed / pastUnits)}</td>
</tr>`
}

function rate(passed: number, units: number): Content {
  if (units === 0) return html`${absent}<small>n 0</small>`
  const { lower, upper } = wilsonInterval(passed, units, 0.95)
  return html`${percent(passed / units)}<small>${percentInterval(lower, upper)}</small><small>n ${count(units)}</small>`
}
