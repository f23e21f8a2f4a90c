// Its runs, newest first, a page at a time.
import type { StationRecord, StationRun } from '../../server/domain/station-record.ts'
import { seconds } from '../format/duration.ts'
import { time } from '../format/instant.ts'
import { buildLink, procedureLink } from '../format/links.ts'
import { type Content, type Html, html } from '../html.ts'
import type { PageFrame } from '../page-document.ts'

export function stationRuns({ id, runs, runsBefore }: StationRecord, frame: PageFrame): Html {
  return html`<section data-part="runs" id="runs">
<h2>Runs</h2>
${
  runs.length === 0
    ? html`<p class="empty">No run here. Runs appear as soon as the station reports them with <code>POST /api/v1/runs</code>.</p>`
    : html`<table class="sortable stacked runs">
<thead><tr><th scope="col">Started</th><th scope="col">Unit</th><th scope="col">Outcome</th><th scope="col">Procedure</th><th scope="col">Build</th><th scope="col" class="number">Took</th><th scope="col">What failed</th></tr></thead>
<tbody>${runs.map((each) => row(each, frame))}</tbody>
</table>
<nav class="pager" aria-label="Pages of the runs">${runsBefore === null ? html`<span>These are the earliest.</span>` : html`<a rel="next" href="${frame.base}/stations/${id}?before=${runsBefore}#runs">Earlier runs</a>`}</nav>`
}
</section>`
}

function row(run: StationRun, frame: PageFrame): Html {
  return html`<tr>
<th scope="row" data-value="${run.startedAt}">${time(run.startedAt)}</th>
<td data-label="Unit">${run.serial}${kind(run)}</td>
<td data-label="Outcome"><span class="word ${run.outcome.toLowerCase()}">${run.outcome}</span></td>
<td data-label="Procedure">${procedureLink(frame, run.procedure)}</td>
<td data-label="Build">${run.build ? buildLink(frame, run.build) : 'not known'}</td>
<td class="number" data-label="Took" data-value="${run.endedAt - run.startedAt}">${seconds((run.endedAt - run.startedAt) / 1000)}</td>
<td data-label="What failed">${run.failureMode}</td>
</tr>`
}

const samples = { golden: 'known good sample', failing: 'known bad sample', ignored: 'sample, not counted' }

function kind({ sample, shadow, isFirstAttempt, outcome }: StationRun): Content {
  if (shadow) return html`<small>shadow run</small>`
  if (sample !== null) return html`<small>${samples[sample]}</small>`
  return !isFirstAttempt && outcome !== 'ABORTED' && html`<small>again</small>`
}
