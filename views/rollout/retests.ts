// Units that go through both builds: what is to be tested where, and what came of it.
import type { RetestPair, RetestUnit } from '../../server/domain/retests.ts'
import type { RolloutView } from '../../server/domain/rollout-view.ts'
import { time } from '../format/instant.ts'
import { absent } from '../format/rate.ts'
import { sentence } from '../format/words.ts'
import { type Html, html } from '../html.ts'
import { details } from './gate-rows.ts'

const pairWords: Record<RetestPair['state'], string> = {
  waiting: 'waits',
  'one done': 'one of two tested',
  concordant: 'both came out alike',
  worse: 'speaks against the new build',
  better: 'speaks for the new build',
  void: 'void: tested on another build first',
}

export function retests(view: RolloutView, pairs: RetestPair[]): Html {
  const { retests: summary } = view
  const found = summary !== null && pairs.length > 0
  return html`<section data-part="retests"${!found && html` hidden`}>
${
  found &&
  html`<h2>Retests</h2>
<p>${sentence(summary.headline)}</p>${details(summary.details)}
<table class="retests">
<thead><tr><th scope="col">Unit</th><th scope="col">Failed on</th><th scope="col">Test it on</th><th scope="col">Result</th><th scope="col">Pair</th></tr></thead>
${pairs.map(pair)}
</table>
<p class="quiet">Each pair has a unit that the new build failed and one that base failed. The first run on the other build decides.</p>`
}
</section>`
}

function pair(one: RetestPair): Html {
  const said = html`<td rowspan="2">${one.pair}<small>${pairWords[one.state]}</small></td>`
  return html`<tbody>${row(one.canaryFailed, said)}${row(one.baseFailed, null)}</tbody>`
}

function row(unit: RetestUnit, last: Html | null): Html {
  return html`<tr>
<th scope="row">${unit.serial}</th>
<td>${run(unit.failed)}${unit.failed.failureMode !== null && html`<small>${unit.failed.failureMode}</small>`}</td>
<td>${unit.retestVersion}<small>${unit.retestStations.length === 0 ? 'no station of this site has it now' : unit.retestStations.join(', ')}</small></td>
<td>${unit.result === null ? absent : html`<strong>${unit.result.outcome}</strong> ${run(unit.result)}`}</td>
${last}</tr>`
}

function run({ version, station, at }: RetestUnit['failed'] | NonNullable<RetestUnit['result']>): Html {
  return html`${version ?? 'an unknown build'}<small>${station}, ${time(at)}</small>`
}
