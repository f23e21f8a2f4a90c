// How rollouts ended, by what their change was about or where they went.
import type { OutcomeRow } from '../../server/domain/learning/outcome-table.ts'
import { count } from '../format/count.ts'
import { type Html, html } from '../html.ts'
import { shareCell } from './share-cell.ts'

/** More are in the data. */
const mostRows = 40

const columns = [
  ['completed', 'Completed'],
  ['abortedByPerson', 'Aborted by a person'],
  ['rolledBackByGate', 'Rolled back by a gate'],
  ['rolledBackLater', 'Rolled back later'],
  ['superseded', 'Superseded'],
  ['live', 'Live'],
] as const

export function outcomes(title: string, first: string, nameless: string, rows: OutcomeRow[]): Html {
  if (rows.length === 0) return html``
  return html`<section><h2>${title}</h2>
<table class="sortable stacked outcomes">
<thead><tr><th scope="col">${first}</th><th scope="col" class="number">Rollouts</th><th scope="col" class="number">Taken back</th>${columns.map(([, name]) => html`<th scope="col" class="number">${name}</th>`)}</tr></thead>
<tbody>${rows.slice(0, mostRows).map(
    (row) => html`<tr>
<th scope="row">${row.name ?? nameless}</th>
${number(row.rollouts, 'Rollouts')}
${shareCell(row.takenBack, 'Taken back')}
${columns.map(([key, name]) => number(row[key], name))}
</tr>`,
  )}</tbody>
</table>
${rows.length > mostRows && html`<p class="quiet">and ${count(rows.length - mostRows)} more, in the data</p>`}
</section>`
}

export function number(value: number, label: string): Html {
  return html`<td class="number" data-label="${label}" data-value="${value}">${value === 0 ? '–' : count(value)}</td>`
}
