// Figures as tables: one for each section, a row for each method, a column for each layout of the fleet.
import type { Figure } from './run-experiment.ts'

export type Table = {
  readonly title: string
  readonly unit: string
  readonly columns: readonly string[]
  readonly rows: readonly { readonly method: string; readonly cells: readonly string[] }[]
}

export function tablesOf(figures: readonly Figure[]): Table[] {
  return distinct(figures.map(({ section }) => section)).map((title) => {
    const own = figures.filter(({ section }) => section === title)
    const columns = distinct(own.map(({ column }) => column))
    const cell = (method: string, column: string) => {
      const figure = own.find((one) => one.method === method && one.column === column)
      return figure ? cellText(figure) : ''
    }
    const rows = distinct(own.map(({ method }) => method)).map((method) => ({
      method,
      cells: columns.map((column) => cell(method, column)),
    }))
    const [first] = own
    return {
      title,
      unit: first ? `${units[first.shows]}, ${first.rollouts} rollouts each` : '',
      columns,
      rows,
    }
  })
}

export function textTable({ title, unit, columns, rows }: Table): string {
  const first = Math.max(...rows.map(({ method }) => method.length))
  const width = Math.max(...[...columns, ...rows.flatMap(({ cells }) => cells)].map(({ length }) => length))
  const line = (name: string, cells: readonly string[]) =>
    [name.padEnd(first), ...cells.map((cell) => cell.padStart(width))].join('  ')
  return [
    `${title} (${unit})`,
    line('', columns),
    ...rows.map(({ method, cells }) => line(method, cells)),
  ].join('\n')
}

/** Columns are padded as the formatter of the project would. */
export function markdownTable({ title, unit, columns, rows }: Table): string {
  const named = rows.map(({ method, cells }) => [
    method.startsWith('ours') ? `**${method}**` : method,
    ...cells,
  ])
  const lines = [['method', ...columns], ...named]
  const widths = ['method', ...columns].map((_, place) =>
    Math.max(4, ...lines.map((cells) => cells[place]?.length ?? 0)),
  )
  const line = (cells: readonly string[]) =>
    `| ${widths.map((width, place) => padded(cells[place] ?? '', width, place > 0)).join(' | ')} |`
  const rule = widths.map((width, place) => (place > 0 ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width)))
  const [head = [], ...body] = lines
  return [`**${title}** (${unit})`, '', line(head), line(rule), ...body.map(line)].join('\n')
}

function padded(text: string, width: number, isNumber: boolean): string {
  return isNumber ? text.padStart(width) : text.padEnd(width)
}

const units: Record<Figure['shows'], string> = {
  'false stops': '% falsely stopped by canary run 2,000 ± standard error',
  detection: 'median canary runs until stopped ± standard error, and % stopped by run 2,000',
  endings: '% ± standard error',
}

function cellText(figure: Figure): string {
  const { shows, stopped, standardError, medianRuns, medianStandardError } = figure
  if (shows !== 'detection') return `${percent(stopped)} ±${percent(standardError)}`
  const spread = medianStandardError === null ? '' : ` ±${Math.round(medianStandardError)}`
  return `${medianRuns === null ? '—' : `${Math.round(medianRuns)}${spread}`}, ${(100 * stopped).toFixed(0)} %`
}

function percent(share: number): string {
  return (100 * share).toFixed(1)
}

function distinct(words: readonly string[]): string[] {
  return [...new Set(words)]
}
