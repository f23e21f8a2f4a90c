// Its runs by outcome.
import type { BuildDetail } from '../../server/domain/build-detail.ts'
import { count, counted } from '../format/count.ts'
import { time } from '../format/instant.ts'
import { percent } from '../format/rate.ts'
import { type Html, html } from '../html.ts'

export function buildRuns({ runs }: BuildDetail): Html {
  const { total, pass, fail, error, timeout, aborted, shadow, lastAt } = runs
  const row = (outcome: string, value: number) =>
    html`<tr><th scope="row">${outcome}</th><td class="number">${count(value)}</td><td class="number">${total === 0 ? '' : percent(value / total)}</td></tr>`
  return html`<section data-part="runs">
<h2>Runs by outcome</h2>
${
  total === 0
    ? html`<p class="empty">No station has run it yet.${shadow > 0 && ` It ran ${counted(shadow, 'time')} in shadow, which counts nowhere.`}</p>`
    : html`<p class="quiet">${counted(total, 'run')}, retests too${lastAt !== null && html`, the latest ${time(lastAt)}`}.${shadow > 0 && html` Beside them ${counted(shadow, 'shadow run')}, which count nowhere.`}</p>
<table class="arms"><thead><tr><th scope="col">Outcome</th><th scope="col" class="number">Runs</th><th scope="col" class="number">Share</th></tr></thead>
<tbody>${row('PASS', pass)}${row('FAIL', fail)}${row('ERROR', error)}${row('TIMEOUT', timeout)}${row('ABORTED', aborted)}</tbody></table>`
}
</section>`
}
