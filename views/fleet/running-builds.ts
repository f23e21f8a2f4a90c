// How many stations should run each build, acknowledged it last, and ran it last.
import type { RunningBuild } from '../../server/domain/fleet/fleet.ts'
import { count } from '../format/count.ts'
import { buildLink, procedureLink } from '../format/links.ts'
import { type Html, html } from '../html.ts'
import type { PageFrame } from '../page-document.ts'

/** @param ofMany names each build's procedure, where they are of more than one. */
export function runningBuilds(running: RunningBuild[], frame: PageFrame, ofMany = false): Html {
  return html`<table class="sortable stacked places">
<thead><tr><th scope="col">Build</th>${ofMany && html`<th scope="col">Procedure</th>`}<th scope="col" class="number">Should run it</th><th scope="col" class="number">Acknowledged it last</th><th scope="col" class="number">Ran it last</th></tr></thead>
<tbody>${running.map(
    ({ build, procedure, desired, pulled, ran }) =>
      html`<tr><th scope="row">${buildLink(frame, build)}</th>${ofMany && html`<td data-label="Procedure">${procedureLink(frame, procedure)}</td>`}<td class="number" data-label="Should">${count(desired)}</td><td class="number" data-label="Took">${count(pulled)}</td><td class="number" data-label="Ran">${count(ran)}</td></tr>`,
  )}</tbody>
</table>`
}
