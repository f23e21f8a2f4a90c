// What each gate says, with the numbers it says it on: gates that count first, then those that are conditions.
import { countedMetrics } from '../../server/domain/gates/gate.ts'
import type { GateVerdict, Verdict } from '../../server/domain/gates/verdict.ts'
import type { RolloutView } from '../../server/domain/rollout-view.ts'
import { time } from '../format/instant.ts'
import { budgetPercent } from '../format/rate.ts'
import { capitalised, gateWord } from '../format/words.ts'
import { type Html, html } from '../html.ts'
import { conditionRows, countedRows } from './gate-rows.ts'
import { throughputShares } from './suspicion.ts'

export function gates(view: RolloutView): Html {
  return html`<section data-part="gates">
<h2>Gates</h2>
${view.verdict === null ? html`<p class="quiet">The gates have not judged yet.</p>` : judged(view, view.verdict)}
</section>`
}

function judged(view: RolloutView, verdict: Verdict): Html {
  const isCounted = (gate: GateVerdict) => countedMetrics.some((metric) => metric === gate.metric)
  const counted = verdict.gates.filter(isCounted)
  const conditions = verdict.gates.filter((gate) => !isCounted(gate))
  return html`<p class="quiet">Judged ${time(verdict.at)}. Expected is what the canary stations would do now without the new build.${heard(verdict)}</p>
<table class="gates">
<thead><tr><th scope="col">Gate</th><th scope="col">Verdict</th><th scope="col" class="number">Observed</th><th scope="col" class="number">Expected</th><th scope="col" class="number">Tolerated</th><th scope="col" class="number">Difference</th><th scope="col" class="number">Evidence</th><th scope="col" class="number">P(worse)</th></tr></thead>
${counted.length > 0 && group('Counted', 'judged by evidence that is valid at every look')}
${counted.map((gate) => countedRows(view, gate))}
${conditions.length > 0 && group('Conditions', 'they hold or they do not, and take nothing of the alarm budget')}
${conditions.map((gate) => conditionRows(view, gate))}
</table>
${alarmBudget(verdict)}`
}

function group(name: string, what: string): Html {
  return html`<tbody class="group"><tr><th scope="rowgroup" colspan="8">${name}<small>${what}</small></th></tr></tbody>`
}

/** The shares are told while all is well, too: silence is only seen by who knows what is usual. */
function heard({ throughput }: Verdict): Html | null {
  if (throughput === null) return null
  const shares = throughputShares(throughput)
  return throughput.isBlind
    ? html` <strong class="alert">Blind: ${shares}.</strong>`
    : html` ${capitalised(shares)}.`
}

function alarmBudget({ gates: all, alarmBudget: budget }: Verdict): Html | null {
  const takers = all.filter((gate) => gate.alpha > 0)
  if (takers.length === 0) return null
  const parts = takers.map((gate) => `${gateWord(gate.name)} ${budgetPercent(gate.alpha)}`).join(', ')
  return html`<p class="quiet">Alarm budget ${budgetPercent(budget)}: ${parts}. It bounds the chance of ever stopping a healthy rollout.</p>`
}
