// Rows as a text table: what was measured, ours, the peer's, the ratio, the goal and whether it is reached.
import { isReached, type Row } from './measure.ts'

const head = ['measure', 'ours', 'peer', 'ratio', 'goal', 'reached']

export function table(rows: readonly Row[]): string {
  const body = rows.map((row) => [
    row.measure,
    row.ours === null ? 'n/a' : `${figure(row.ours)} ${row.unit}`,
    row.peer ? `${figure(row.peer.figure)} ${row.unit} (${row.peer.name})` : '',
    row.ratio === undefined ? '' : figure(row.ratio),
    row.goal ? `${row.goal.at === 'least' ? '≥' : '≤'} ${figure(row.goal.figure)}` : '',
    reachedText(row),
  ])
  const widths = head.map((_, column) =>
    Math.max(...[head, ...body].map((line) => line[column]?.length ?? 0)),
  )
  const text = (line: string[]) =>
    line
      .map((cell, column) =>
        column === 1 || column === 3 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd()
  const lines = body.flatMap((line, place) => {
    const note = rows[place]?.note
    return note === undefined ? [text(line)] : [text(line), `    ${note}`]
  })
  return [text(head), ...lines].join('\n')
}

/** Three digits, or whole numbers with their thousands apart. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return 'n/a'
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en')
  return String(Number(value.toPrecision(3)))
}

function reachedText(row: Row): string {
  const reached = isReached(row)
  if (reached === null) return ''
  return reached ? 'yes' : 'NO'
}
