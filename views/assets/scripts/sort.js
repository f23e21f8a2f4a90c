// Tables that sort by a click on a column's name, or by the keyboard. A cell with `data-value` sorts by that.

const collator = new Intl.Collator('en', { numeric: true })

export function sortTables(root) {
  for (const table of root.querySelectorAll('table.sortable')) {
    for (const [column, head] of [...table.tHead.rows[0].cells].entries()) {
      if (head.textContent.trim() === '') continue
      const button = document.createElement('button')
      button.type = 'button'
      button.append(...head.childNodes)
      button.addEventListener('click', () => sort(table, column))
      head.append(button)
    }
  }
}

/** The order that the server gave is the third one, after up and down. */
function sort(table, column) {
  const head = table.tHead.rows[0].cells[column]
  const next = { none: 'ascending', ascending: 'descending', descending: 'none' }[head.ariaSort ?? 'none']
  for (const cell of table.tHead.rows[0].cells) cell.removeAttribute('aria-sort')
  if (next !== 'none') head.setAttribute('aria-sort', next)
  const rows = [...table.tBodies[0].rows]
  for (const [place, row] of rows.entries()) row.dataset.place ??= String(place)
  const compare = next === 'none' ? byPlace : byValue(column, next === 'descending' ? -1 : 1)
  table.tBodies[0].append(...rows.sort(compare))
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
