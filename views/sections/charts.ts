// The charts: drawn by the server, made interactive by the page's script where it runs.
import { type Html, html, trustedHtml } from '../html.ts'

export type PageChart = {
  name: string
  title: string
  caption: string
  summary: string
  /** As `drawChart` gives it: markup that is already safe. */
  svg: string
  /** Changes when the chart's data change. */
  digest: string
  svgUrl: string
  specUrl: string
}

export function charts(drawn: PageChart[]): Html {
  if (drawn.length === 0) return html``
  return html`<section class="charts"><h2>Over time</h2><div class="chart-grid">${drawn.map(chart)}</div></section>`
}

function chart(drawn: PageChart): Html {
  return html`<figure data-part="chart-${drawn.name}" data-digest="${drawn.digest}" data-spec="${drawn.specUrl}" data-summary="${drawn.summary}">
<h3>${drawn.title}</h3>
<div class="drawing">${trustedHtml(drawn.svg)}</div>
<figcaption>${drawn.caption} <a href="${drawn.svgUrl}">SVG</a> <a href="${drawn.specUrl}">data</a></figcaption>
</figure>`
}
