// The files of a chart: which there are, and its data as tables.
import type { ChartTable } from '../../../views/charts/chart-kind.ts'
import { csv } from '../csv.ts'

/** `vl.json` is what a page's script draws by itself. */
export const chartFormats = ['svg', 'png', 'csv', 'json', 'vl.json'] as const
export type ChartFormat = (typeof chartFormats)[number]

export function fileOf(file: string): { name: string; format: ChartFormat | undefined } {
  const dot = file.indexOf('.')
  const ending = dot < 0 ? '' : file.slice(dot + 1)
  return { name: dot < 0 ? file : file.slice(0, dot), format: chartFormats.find((each) => each === ending) }
}

export function tableText({ columns, rows }: ChartTable): string {
  return csv([columns, ...rows.map((row) => row.map((cell) => cell ?? ''))])
}

export function objects({ columns, rows }: ChartTable): Record<string, string | number | null>[] {
  return rows.map((row) => Object.fromEntries(columns.map((column, place) => [column, row[place] ?? null])))
}

export const tooManyPictures = {
  title: 'Too many pictures',
  lines: ['More pictures are asked for than can be drawn at the moment. Ask again in half a minute.'],
}
