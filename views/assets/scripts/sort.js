// Tables that sort by a click on a column's name, or by the keyboard. A cell with `data-value` sorts by that.

const collator = new Intl.Collator('en', { numeric: true })

export function sortTables(root) {
  for (const table of sortable(root)) {
    for (const [column, head] of [...heads(table)].entries()) {
      if (head.textContent.trim() === '') continue
      const button = document.createElement('button')
      button.type = 'button'
      button.append(...head.childNodes)
      button.addEventListener('click', () => sort(table, column, next[head.ariaSort ?? 'none']))
      head.append(button)
    }
  }
}

/** Tables of a part that is replaced are put into the order in which the reader had them. */
export function keepSorted(old, fresh) {
  const tables = sortable(fresh)
  for (const [place, table] of sortable(old).entries()) {
    const column = [...heads(table)].findIndex((head) => head.ariaSort && head.ariaSort !== 'none')
    if (column >= 0 && tables[place]) sort(tables[place], column, heads(table)[column].ariaSort)
  }
}

/** The order that the server gave is the third one, after up and down. */
const next = { none: 'ascending', ascending: 'descending', descending: 'none' }

function sort(table, column, order) {
  const head = heads(table)[column]
  for (const cell of heads(table)) cell.removeAttribute('aria-sort')
  if (order !== 'none') head.setAttribute('aria-sort', order)
  const rows = [...table.tBodies[0].rows]
  for (const [place, row] of rows.entries()) row.dataset.place ??= String(place)
  const compare = order === 'none' ? byPlace : byValue(column, order === 'descending' ? -1 : 1)
  table.tBodies[0].append(...rows.sort(compare))
}

function sortable(root) {
  return [...root.querySelectorAll('table.sortable')]
}

function heads(table) {
  return table.tHead.rows[0].cells
}

function byPlace(a, b) {
  return Number(a.dataset.place) - Number(b.dataset.place)
}

/** What is missing comes last, either way up. */
function byValue(column, direction) {
  return (a, b) => {
    const [one, other] = [sortValue(a.cells[column]), sortValue(b.cells[column])]
    if (one === '' || other === '') return Number(one === '') - Number(other === '')
    const [x, y] = [Number(one), Number(other)]
    return direction * (Number.isNaN(x) || Number.isNaN(y) ? collator.compare(one, other) : x - y)
  }
}

function sortValue(cell) {
  return cell?.dataset.value ?? cell?.textContent.trim() ?? ''
}
