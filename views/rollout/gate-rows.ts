// The rows of one gate: its numbers, and under them what it says in words.

import { type GateReading, gateReading, moreNeeded } from '../../server/domain/gate-reading.ts'
import type { GateVerdict } from '../../server/domain/gates/verdict.ts'
import type { RolloutView } from '../../server/domain/rollout-view.ts'
import { count, counted } from '../format/count.ts'
import { evidence } from '../format/evidence.ts'
import { withTimes } from '../format/instant.ts'
import { absent, budgetPercent, percent, points, pointsInterval, probability } from '../format/rate.ts'
import { comparisonWords, gateTitle, modeWords, sentence, verdictWords } from '../format/words.ts'
import { type Content, type Html, html } from '../html.ts'
import { suspicion } from './suspicion.ts'

export function countedRows(view: RolloutView, gate: GateVerdict): Html {
  const reading = gateReading(gate)
  const absolute = gate.comparison === 'absolute'
  return html`<tbody class="gate">
<tr>
${name(gate, comparisonWords[gate.comparison])}
${word(gate)}
${cell('Observed', percent(reading.observed), [`n ${count(gate.canary.n)} ${gate.unit}`, counted(gate.canary.stations, 'station')])}
${cell('Expected', percent(reading.expected), [absolute ? 'allowed' : baseText(reading.base, gate.base.n)])}
${cell('Tolerated', percent(reading.tolerated), [marginText(gate, reading)])}
${cell('Difference', points(reading.difference), [pointsInterval(reading.low, reading.high)])}
${cell('Evidence', evidence(gate.logEvidence, gate.logThreshold), [`alpha ${budgetPercent(gate.alpha)}`, moreNeeded(gate) ?? ''])}
${cell('P(worse)', probability(gate.probabilityWorse), [chance('unacceptable', gate.probabilityUnacceptable), chance('severe', gate.probabilitySevere)])}
</tr>
${notes(view, gate, mixText(reading))}
</tbody>`
}

/** Conditions have counts, but no rates to compare and no evidence to weigh. */
export function conditionRows(view: RolloutView, gate: GateVerdict): Html {
  const { n, bad } = gate.canary
  const seen = bad > 0 ? `${count(bad)} of ${count(n)}` : absent
  return html`<tbody class="gate condition">
<tr>
${name(gate, gate.metric === 'telemetry' && gate.comparison === 'base' ? 'unless base fails it too' : '')}
${word(gate)}
${cell('Observed', seen, [bad > 0 ? gate.unit : `n ${count(n)} ${gate.unit}`])}
${['Expected', 'Tolerated', 'Difference', 'Evidence', 'P(worse)'].map((label) => cell(label, absent, []))}
</tr>
${notes(view, gate, null)}
</tbody>`
}

function name(gate: GateVerdict, comparison: string): Html {
  const acts = gate.acts ? modeWords[gate.mode] : 'only observes in this stage'
  const kind =
    gate.name === gate.metric || gate.metric === 'custom' ? [] : [gateTitle(gate.metric).toLowerCase()]
  const about = [...kind, acts, ...(comparison === '' ? [] : [comparison])]
  return html`<th scope="row">${gateTitle(gate.name)}<small>${about.join(', ')}</small></th>`
}

function word(gate: GateVerdict): Html {
  return html`<td data-label="Verdict"><span class="word ${gate.verdict.replace(' ', '-')}">${verdictWords[gate.verdict]}</span></td>`
}

function cell(label: string, value: string, below: string[]): Html {
  return html`<td data-label="${label}" class="number${value === absent && below.length === 0 && ' absent'}">${value}${below.filter((line) => line !== '').map((line) => html`<small>${line}</small>`)}</td>`
}

function notes(view: RolloutView, gate: GateVerdict, mix: string | null): Html {
  const suspected = suspicion(view, gate.suspect)
  return html`<tr class="headline"><td colspan="8">${withTimes(sentence(gate.headline))}${mix !== null && html` ${mix}`}
${suspected !== null && html`<p class="suspect">${suspected}</p>`}${details(gate.details)}</td></tr>`
}

export function details(found: string[]): Content {
  return (
    found.length > 0 &&
    html`<ul class="details">${found.map((each) => html`<li>${withTimes(each)}</li>`)}</ul>`
  )
}

function baseText(rate: number | null, n: number): string {
  return rate === null ? `base ${absent}, n ${count(n)}` : `base ${percent(rate)}, n ${count(n)}`
}

function marginText(gate: GateVerdict, { margin }: GateReading): string {
  if (margin === null) return ''
  if (gate.comparison === 'absolute') return 'the limit'
  if (margin === 0) return 'no margin'
  return gate.metric === 'first-pass yield rise' ? `a rise of ${points(margin)}` : `margin ${points(margin)}`
}

/** Below a tenth of a point it explains nothing. */
function mixText({ mix }: GateReading): string | null {
  if (mix === null || Math.abs(mix) < 0.001) return null
  return `Of what is expected, ${points(mix)} come from another product mix.`
}

function chance(what: string, value: number | null): string {
  return value === null ? '' : `${what} ${probability(value)}`
}
