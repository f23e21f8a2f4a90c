// Puts the figures of a full run into docs/verdicts.md, between its two marks, and the plots beside it.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { drawChart, standaloneChart } from '../../views/draw-chart.ts'
import { chartsOf } from './charts.ts'
import type { Figure } from './run-experiment.ts'
import { markdownTable, tablesOf } from './tables.ts'

const page = 'docs/verdicts.md'
const folder = 'docs/verdicts'
const begin = '<!-- figures: written by npm run calibrate -- --write -->'
const end = '<!-- end of figures -->'

/** @throws when the page lacks its marks */
export async function writeReport(figures: readonly Figure[], heading: string): Promise<void> {
  const text = readFileSync(page, 'utf8')
  const [before, after] = [text.split(begin)[0], text.split(end)[1]]
  if (before === undefined || after === undefined || before === text) {
    throw new Error(`expected the marks ${begin} and ${end} in ${page}`)
  }
  mkdirSync(folder, { recursive: true })
  for (const { file, spec, summary } of chartsOf(figures)) {
    writeFileSync(`${folder}/${file}`, `${standaloneChart(oneImage(await drawChart(spec, summary)))}\n`)
  }
  const tables = tablesOf(figures).map(markdownTable)
  writeFileSync(page, [before + begin, heading, ...tables, end + after].join('\n\n'))
}

/** The drawing is one labelled image: groups of marks announced one by one are noise. */
function oneImage(svg: string): string {
  return svg.replace(/ (?:role="graphics-[a-z]+"|aria-roledescription="[^"]*")/g, '')
}
