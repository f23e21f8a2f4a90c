// Runs of the rollout's stations that count in neither arm because nobody knows their build, with what to do about it.
import type { RolloutView } from '../../server/domain/rollout-view.ts'
import { count, counted } from '../format/count.ts'
import { type Html, html } from '../html.ts'

export function unattributed({ unattributed: found }: RolloutView): Html | null {
  if (found.runs === 0) return null
  return html`<section data-part="unattributed">
<h2>Runs of an unknown build</h2>
<p${found.matters && html` class="troubled"`}>${counted(found.runs, 'run')} since the start came without a build that is known, ${count(found.canaryRuns)} of them of canary stations. They are kept and count in neither arm.</p>
<table class="stacked">
<thead><tr><th scope="col">Station</th><th scope="col" class="number">Runs</th><th scope="col">Why its latest one is unknown</th><th scope="col">What to do</th></tr></thead>
<tbody>${found.stations.map(
    ({ name, runs, isCanary, reason }) =>
      html`<tr><th scope="row">${name}${isCanary && html` <small>canary</small>`}</th><td class="number">${count(runs)}</td><td>${reason.why}</td><td>${reason.fix}</td></tr>`,
  )}</tbody>
</table>
</section>`
}
