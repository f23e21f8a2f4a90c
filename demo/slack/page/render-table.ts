// Table blocks as HTML tables.
import type { Block } from '../blocks/block.ts'
import type { Directory } from '../state/directory.ts'
import { type Html, html } from './html.ts'
import { renderPlainText } from './mrkdwn.ts'
import { renderDisplayBlock } from './render-display-block.ts'

type Table = Extract<Block, { type: 'table' | 'data_table' }>
type Cell = Table['rows'][number][number]

export function renderTable(block: Table, directory: Directory): Html {
  const [head = [], ...rows] = block.rows
  const align = (column: number) =>
    (block.type === 'table' ? block.column_settings?.[column]?.align : undefined) ?? 'left'
  const cell = (one: Cell, column: number) =>
    html`<td class="${align(column)}">${renderCell(one, directory)}</td>`
  return html`<div class="table"><table>
    ${block.type === 'data_table' ? html`<caption>${block.caption}</caption>` : ''}
    <thead><tr>${head.map((one, column) => html`<th class="${align(column)}" scope="col">${renderCell(one, directory)}</th>`)}</tr></thead>
    <tbody>${rows.map((row) => html`<tr>${row.map(cell)}</tr>`)}</tbody></table></div>`
}

function renderCell(cell: Cell, directory: Directory): Html {
  if (cell.type === 'raw_text') return renderPlainText(cell.text)
  if (cell.type === 'raw_number') return html`${cell.text ?? cell.value}`
  return renderDisplayBlock(cell, directory)
}
