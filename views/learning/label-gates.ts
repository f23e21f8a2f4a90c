// Which kinds of changes fail at which gates.
import type { LabelGates } from '../../server/domain/learning/label-gates.ts'
import { gateTitle } from '../format/words.ts'
import { type Html, html } from '../html.ts'
import { shareCell } from './share-cell.ts'

const mostLabels = 40
const mostGates = 12

export function labelGates(all: LabelGates[]): Html {
  const gates = (all[0]?.gates ?? []).slice(0, mostGates)
  if (gates.length === 0) return html``
  return html`<section><h2>Which changes fail at which gates</h2>
<p class="quiet">Of the rollouts with that label that had the gate, those that it alarmed in and could stop. Below each share: where it may lie (95 %).</p>
<table class="sortable stacked">
<thead><tr><th scope="col">Label</th>${gates.map(({ gate }) => html`<th scope="col" class="number">${gateTitle(gate)}</th>`)}</tr></thead>
<tbody>${all
    .slice(0, mostLabels)
    .map(
      (row) =>
        html`<tr><th scope="row">${row.label ?? 'no label'}</th>${row.gates.slice(0, mostGates).map(({ gate, alarmed }) => shareCell(alarmed, gateTitle(gate)))}</tr>`,
    )}</tbody>
</table></section>`
}
