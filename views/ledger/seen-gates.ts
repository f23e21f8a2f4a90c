// What the gates showed at the moment of a decision, a line a gate, in the words and signs of the rollout's page.
import { gateReading } from '../../server/domain/gate-reading.ts'
import type { LedgerVerdict } from '../../server/domain/ledger.ts'
import { count } from '../format/count.ts'
import { evidence } from '../format/evidence.ts'
import { absent, percent, points, pointsInterval } from '../format/rate.ts'
import { gateTitle, verdictWords } from '../format/words.ts'
import { type Html, html } from '../html.ts'

export function seenGates({ gates }: Pick<LedgerVerdict, 'gates'>): Html {
  return html`<table class="seen stacked">
<thead><tr><th scope="col">Gate</th><th scope="col">Verdict</th><th scope="col" class="number">Bad of n, canary</th><th scope="col" class="number">Bad of n, base</th><th scope="col" class="number">Observed</th><th scope="col" class="number">Expected</th><th scope="col" class="number">Difference</th><th scope="col" class="number">Evidence</th></tr></thead>
<tbody>${gates.map(row)}</tbody>
</table>`
}

function row(gate: LedgerVerdict['gates'][number]): Html {
  const reading = gateReading(gate)
  const { canary, base } = gate
  // Conditions hold or do not: they have no rate to compare and no evidence to weigh.
  const isCounted = gate.logThreshold > 0
  const interval = pointsInterval(reading.low, reading.high)
  return html`<tr>
<th scope="row">${gateTitle(gate.name)}${(gate.mode === 'observe' || !gate.acts) && html` <small>only observes</small>`}</th>
<td><span class="word ${gate.verdict.replace(' ', '-')}">${verdictWords[gate.verdict]}</span></td>
<td class="number" data-label="Canary">${count(canary.bad)} of ${count(canary.n)}</td>
<td class="number" data-label="Base">${count(base.bad)} of ${count(base.n)}</td>
<td class="number" data-label="Observed">${isCounted ? percent(reading.observed) : absent}</td>
<td class="number" data-label="Expected">${percent(reading.expected)}</td>
<td class="number" data-label="Difference">${points(reading.difference)}${interval !== '' && html` <small>${interval}</small>`}</td>
<td class="number" data-label="Evidence">${isCounted ? evidence(gate.logEvidence, gate.logThreshold) : absent}</td>
</tr>`
}
