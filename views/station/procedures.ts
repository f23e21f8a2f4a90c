// What it runs of each procedure against what it should, and since when they differ.
import type { ProcedureOfStation, StationRecord } from '../../server/domain/station-record.ts'
import { progressWords } from '../fleet/fleet-words.ts'
import { time } from '../format/instant.ts'
import { buildLink, procedureLink, rolloutLink } from '../format/links.ts'
import { absent } from '../format/rate.ts'
import { capitalised } from '../format/words.ts'
import { type Content, type Html, html } from '../html.ts'
import type { PageFrame } from '../page-document.ts'

export function stationProcedures({ procedures }: StationRecord, frame: PageFrame): Html {
  return html`<section data-part="procedures">
<h2>What it runs</h2>
${
  procedures.length === 0
    ? html`<p class="empty">It is linked to no procedure, so nothing is asked of it. Link it with <code>POST /api/v1/procedures/{id}/stations/{station}</code>.</p>`
    : html`<p class="quiet">Should: its pin. Pulled: what it last acknowledged. Ran: its latest run of a known build. Only a run confirms.</p>
<table class="stacked builds">
<thead><tr><th scope="col">Procedure</th><th scope="col">Should run</th><th scope="col">Pulled</th><th scope="col">Ran</th><th scope="col">State</th></tr></thead>
<tbody>${procedures.map((each) => row(each, frame))}</tbody>
</table>`
}
</section>`
}

function row(procedure: ProcedureOfStation, frame: PageFrame): Html {
  const { desired, pulled, ran, progress } = procedure
  const strays = progress === 'runs another build' || progress === 'failed to take it'
  return html`<tr${strays && html` class="troubled"`}>
<th scope="row">${procedureLink(frame, procedure)}</th>
<td data-label="Should run">${desired ? html`${buildLink(frame, desired)}${notActive(procedure)}<small>since ${time(desired.since)}</small><small>${desired.servedAt === null ? 'not told yet' : html`told ${time(desired.servedAt)}`}</small>` : absent}</td>
<td data-label="Pulled">${pulled ? html`${buildLink(frame, pulled)}<small>${pulled.state} ${time(pulled.at)}</small>${pulled.message !== null && html`<small>${pulled.message}</small>`}` : absent}</td>
<td data-label="Ran">${ran ? html`${buildLink(frame, ran)}<small>${ran.outcome} ${time(ran.at)}</small>` : absent}</td>
<td data-label="State">${strays ? html`<strong class="alert">${capitalised(progressWords[progress])}</strong>` : capitalised(progressWords[progress])}${drift(procedure)}${inRollout(procedure, frame)}</td>
</tr>`
}

function notActive({ desired, active }: ProcedureOfStation): Content {
  return (
    desired &&
    active &&
    desired.id !== active.id &&
    html`<small>the active build is ${active.version}</small>`
  )
}

/** What ran last began before the pin: it may simply not have tested since. */
function drift({ desired, ran, progress }: ProcedureOfStation): Content {
  if (desired === null || ran === null || ran.id === desired.id) return null
  return progress === 'runs another build'
    ? html`<small>it took ${desired.version}, then ran ${ran.version}</small>`
    : html`<small>no run of ${desired.version} since ${time(desired.since)}</small>`
}

function inRollout({ rollout }: ProcedureOfStation, frame: PageFrame): Content {
  return (
    rollout &&
    html`<small>${rolloutLink(frame, rollout.id, `in a rollout that is ${rollout.status}: ${rollout.station}`)}</small>`
  )
}
