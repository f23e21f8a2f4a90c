// The charts: drawn by the server, made interactive by the page's script where it runs.
import { gateTitle } from '../format/words.ts'
import { type Html, html, trustedHtml } from '../html.ts'
import { type ShownRange, timeRange } from './time-range.ts'

export type PageChart = {
  name: string
  title: string
  caption: string
  summary: string
  /** As `drawChart` gives it: markup that is already safe. */
  svg: string
  /** Changes when the chart's data change. */
  digest: string
  /** The same as files: pictures, and the data behind them. */
  files: { format: string; url: string }[]
  /** What the page's script draws by itself. */
  specUrl: string
}

/** A gate whose difference and evidence can be shown, and the address of the page that shows them. */
export type GateLink = { gate: string; url: string; isShown: boolean }

export function charts(drawn: PageChart[], gates: GateLink[], range: ShownRange | null): Html {
  if (drawn.length === 0) return html``
  return html`<section class="charts" id="charts"><h2>What was counted</h2>
${range && timeRange(range)}
<nav class="gate-links" data-part="gate-links" aria-label="Gate of the charts">${gates.length > 1 && html`Difference and evidence of ${gates.map(link)}`}</nav>
${chartGrid(drawn)}</section>`
}

export function chartGrid(drawn: PageChart[]): Html {
  return html`<div class="chart-grid">${drawn.map(chart)}</div>`
}

function link({ gate, url, isShown }: GateLink): Html {
  return isShown
    ? html`<strong aria-current="true">${gateTitle(gate)}</strong> `
    : html`<a href="${url}">${gateTitle(gate)}</a> `
}

function chart(drawn: PageChart): Html {
  return html`<figure data-part="chart-${drawn.name}" data-digest="${drawn.digest}" data-spec="${drawn.specUrl}" data-summary="${drawn.summary}">
<h3>${drawn.title}</h3>
<div class="drawing">${trustedHtml(drawn.svg)}</div>
<figcaption>${drawn.caption} <span class="files">${drawn.files.map(({ format, url }) => html`<a href="${url}" aria-label="${drawn.title} as ${format.toUpperCase()}">${format.toUpperCase()}</a> `)}</span></figcaption>
</figure>`
}
