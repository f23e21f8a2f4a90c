// What each gate says, with the numbers it says it on.
import type { RolloutView } from '../../server/domain/rollout-view.ts'
import type { GateVerdict, Verdict } from '../../server/domain/gates/verdict.ts'
import { count, counted } from '../format/count.ts'
import { evidence } from '../format/evidence.ts'
import { time } from '../format/instant.ts'
import { absent, percent, points, pointsInterval, probability } from '../format/rate.ts'
import { metricNames, sentence, verdictWords } from '../format/words.ts'
import { type Html, html } from '../html.ts'

const modeWords = { observe: 'only observes', pause: 'pauses', 'roll back': 'rolls back' }

export function gates(view: RolloutView): Html {
  return html`<section data-part="gates">
<h2>Gates</h2>
${view.verdict === null ? html`<p class="quiet">The gates have not judged yet.</p>` : gateTable(view.verdict)}
</section>`
}

function gateTable(verdict: Verdict): Html {
  return html`<p class="quiet">Judged ${time(verdict.at)}. Expected is what the canary stations would do now without the new build.</p>
<table class="gates stacks">
<thead><tr><th scope="col">Gate</th><th scope="col">Verdict</th><th scope="col" class="number">Observed</th><th scope="col" class="number">Expected</th><th scope="col" class="number">Difference</th><th scope="col" class="number">Evidence</th><th scope="col" class="number">P(worse)</th></tr></thead>
${verdict.gates.map(gateRows)}
</table>`
}

function gateRows(gate: GateVerdict): Html {
  const shown = asShown(gate)
  return html`<tbody class="gate">
<tr>
<th scope="row">${metricNames[gate.metric]}<small>${modeWords[gate.mode]}</small></th>
<td data-label="Verdict"><span class="word ${gate.verdict.replace(' ', '-')}">${verdictWords[gate.verdict]}</span></td>
<td data-label="Observed" class="number">${percent(shown.observed)}<small>n ${count(gate.canary.n)}, ${counted(gate.canary.stations, 'station')}</small></td>
<td data-label="Expected" class="number">${percent(shown.expected)}<small>${baseText(shown.base, gate.base.n)}</small><small>${toleratedText(shown.tolerated)}</small></td>
<td data-label="Difference" class="number">${points(shown.difference)}<small>${pointsInterval(shown.low, shown.high)}</small></td>
<td data-label="Evidence" class="number">${evidence(gate.logEvidence, gate.logThreshold)}<small>${moreNeeded(gate.countsToVerdict)}</small></td>
<td data-label="P(worse)" class="number">${probability(gate.probabilityWorse)}<small>${unacceptable(gate.probabilityUnacceptable)}</small></td>
</tr>
<tr class="headline"><td colspan="7">${sentence(gate.headline)}</td></tr>
</tbody>`
}

/** Gates judge bad rates; a yield is shown as a yield, where less is worse. */
function asShown(gate: GateVerdict) {
  const { canary, base, expectedRate, toleratedRate, difference, differenceLow, differenceHigh } = gate
  if (gate.metric !== 'first-pass yield')
    return {
      observed: canary.rate,
      base: base.rate,
      tolerated: toleratedRate,
      expected: expectedRate,
      difference,
      low: differenceLow,
      high: differenceHigh,
    }
  return {
    observed: complement(canary.rate),
    base: complement(base.rate),
    tolerated: complement(toleratedRate),
    expected: complement(expectedRate),
    difference: opposite(difference),
    low: opposite(differenceHigh),
    high: opposite(differenceLow),
  }
}

function complement(rate: number | null): number | null {
  return rate === null ? null : 1 - rate
}

function opposite(difference: number | null): number | null {
  return difference === null ? null : -difference
}

function baseText(rate: number | null, n: number): string {
  return rate === null ? `base ${absent}, n ${count(n)}` : `base ${percent(rate)}, n ${count(n)}`
}

function toleratedText(rate: number | null): string {
  return rate === null ? '' : `tolerated ${percent(rate)}`
}

function moreNeeded(counts: number | null): string {
  return counts === null || counts <= 0 ? '' : `about ${count(Math.ceil(counts))} more`
}

function unacceptable(chance: number | null): string {
  return chance === null ? '' : `unacceptable ${probability(chance)}`
}
