// A chart drawn on the server: vega-lite spec in, one SVG with a text for who cannot see it out.
import { logger, None, parse, View } from 'vega'
import { compile } from 'vega-lite'
import type { ChartSpec } from './charts/chart-frame.ts'
import { escapeText, printable } from './html.ts'
import { slimSvg } from './slim-svg.ts'

/** The SVG takes the width it is given and the text colour around it. */
export async function drawChart(spec: ChartSpec, summary: string): Promise<string> {
  const log = logger(None)
  const view = new View(parse(compile(spec, { logger: log }).spec), { renderer: 'none', logger: log })
  try {
    return labelled(await view.toSVG(), summary)
  } finally {
    view.finalize()
  }
}

/** The same as a file of its own, which has no page to take its text colour from. */
export function standaloneChart(svg: string): string {
  return svg.replace('>', `><style>${standaloneStyle}</style>`)
}

export const standaloneStyle =
  'svg{color:#1b2026}@media(prefers-color-scheme:dark){svg{color:#e8eaed;background:#14171b}}'

function labelled(svg: string, summary: string): string {
  const label = `role="img" aria-label="${escapeText(summary)}"`
  // Vega escapes markup, but lets unprintable characters through.
  return slimSvg(printable(svg)).replace(/^<svg ([^>]*)>/, (_, attributes: string) => {
    const kept = attributes.replace(/(?:^|\s)(?:width|height)="[^"]*"/g, '')
    return `<svg ${label} ${kept.trim()}>`
  })
}
