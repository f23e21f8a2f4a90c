// Puts the figures of a full run into docs/verdicts.md, between its marks, and the plots beside it.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { drawChart, standaloneChart } from '../../views/draw-chart.ts'
import { chartsOf } from './charts.ts'
import { healthyRollouts } from './experiments/whole-rollouts.ts'
import type { Figure } from './run-experiment.ts'
import { markdownTable, tablesOf } from './tables.ts'

const page = 'docs/verdicts.md'
const folder = 'docs/verdicts'

/** The table of the claim stands at the top of the page, all others further down. */
export async function writeReport(figures: readonly Figure[], heading: string): Promise<void> {
  mkdirSync(folder, { recursive: true })
  for (const { file, spec, summary } of chartsOf(figures)) {
    writeFileSync(`${folder}/${file}`, `${standaloneChart(oneImage(await drawChart(spec, summary)))}\n`)
  }
  const isClaim = ({ section }: Figure) => section === healthyRollouts
  const tables = (of: Figure[]) => tablesOf(of).map(markdownTable)
  const text = withBlock(readFileSync(page, 'utf8'), 'claim', tables(figures.filter(isClaim)))
  const others = tables(figures.filter((figure) => !isClaim(figure)))
  writeFileSync(page, withBlock(text, 'figures', [heading, ...others]))
}

/**
 * The page with these paragraphs between the two marks of a block.
 *
 * @throws when the page lacks them
 */
export function withBlock(text: string, block: 'claim' | 'figures', paragraphs: readonly string[]): string {
  const begin = `<!-- ${block}: written by npm run calibrate -- --write -->`
  const end = `<!-- end of ${block} -->`
  const [before, rest] = text.split(begin)
  const after = rest?.split(end)[1]
  if (before === undefined || after === undefined)
    throw new Error(`expected the marks ${begin} and ${end} in ${page}`)
  return [before + begin, ...paragraphs, end + after].join('\n\n')
}

/** The drawing is one labelled image: groups of marks announced one by one are noise. */
function oneImage(svg: string): string {
  return svg.replace(/ (?:role="graphics-[a-z]+"|aria-roledescription="[^"]*")/g, '')
}
