// What the build changes of phases, measurements and limits against base, and whether anybody said so.
import type { ChangesView, ChangeView } from '../../server/domain/definition/changes-view.ts'
import type { RolloutView } from '../../server/domain/rollout-view.ts'
import { counted } from '../format/count.ts'
import { time } from '../format/instant.ts'
import { absent } from '../format/rate.ts'
import { actorName, capitalised } from '../format/words.ts'
import { type Html, html } from '../html.ts'

export function changes({ changes: found }: RolloutView): Html {
  return html`<section data-part="changes"${found === null && html` hidden`}>
${
  found !== null &&
  html`<h2>Changes of the test</h2>
<p>${counted(found.total, 'change')} against base, ${found.undeclared === 0 ? 'each declared or accepted' : `${found.undeclared} not declared`}${found.holding > 0 && html`: <strong>${counted(found.holding, 'change')} of limits</strong> to be declared, accepted with a reason, or passed over`}.</p>
${changeTable(found)}`
}
</section>`
}

export function changeTable({ list, total }: ChangesView): Html {
  return html`<table class="changes stacked">
<thead><tr><th scope="col">Where</th><th scope="col">What</th><th scope="col">Before</th><th scope="col">Now</th><th scope="col">Said by</th></tr></thead>
<tbody>${list.map(row)}</tbody>
</table>
${total > list.length && html`<p class="quiet">The first ${list.length} are shown.</p>`}`
}

function row(change: ChangeView): Html {
  const { phase, measurement, products, old, now } = change
  return html`<tr>
<th scope="row">${measurement ?? phase}<small>${measurement === null ? 'phase' : phase}</small></th>
<td>${what(change)}${products.length > 0 && html`<small>seen with ${products.join(', ')}</small>`}</td>
<td data-label="Before">${old ?? absent}</td>
<td data-label="Now">${now ?? absent}</td>
<td data-label="Said by">${standing(change)}</td>
</tr>`
}

function what({ kind, direction, against, isSeen }: ChangeView): string {
  const words =
    kind === 'limits' ? `limits ${direction ?? 'changed'}` : kind === 'units' ? 'other units' : kind
  const unlike = against === 'declaration' ? ', not as declared' : ''
  return `${capitalised(words)}${unlike}${isSeen ? '' : ', in no run yet'}`
}

function standing({ status, accepted, holds }: ChangeView): Html {
  if (accepted !== null && status === 'accepted')
    return html`accepted by ${actorName(accepted.by)}, ${time(accepted.at)}<small>${accepted.why}</small>`
  if (status === 'declared') return html`its declaration`
  return holds ? html`<strong>nobody</strong>` : html`nobody`
}
