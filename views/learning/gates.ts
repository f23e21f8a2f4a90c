// What the alarms of each gate were worth, and what that speaks for.
import type { Learning } from '../../server/domain/learning/learning.ts'
import { count, counted } from '../format/count.ts'
import { gateTitle, sentence } from '../format/words.ts'
import { type Html, html } from '../html.ts'
import { number } from './outcomes.ts'
import { shareCell } from './share-cell.ts'

type Gate = Learning['gates'][number]

const mostGates = 40

const kindWords: Record<NonNullable<Gate['proposal']>['kind'], string> = {
  pause: 'let it pause',
  'roll back': 'let it roll back',
  observe: 'let it observe',
  loosen: 'loosen',
  tighten: 'tighten',
  keep: 'leave it',
  wait: 'too few to tell',
}

export function gates({ gates: all, seenByNone }: Pick<Learning, 'gates' | 'seenByNone'>): Html {
  if (all.length === 0) return html``
  const telling = all.filter(hasShown)
  const silent = all.filter((gate) => !hasShown(gate))
  return html`<section><h2>What the gates were worth</h2>
${telling.length > 0 && table(telling)}
${silent.length > 0 && html`<p class="quiet">Without any alarm: ${silent.slice(0, mostGates).map(({ gate, rollouts }, place) => html`${place > 0 && ', '}${gateTitle(gate)} (${counted(rollouts, 'rollout')})`)}.</p>`}
${seenByNone > 0 && html`<p>${count(seenByNone)} rolled back after completion without an alarm of any gate.</p>`}
${proposals(telling)}
</section>`
}

function hasShown({ alarms, observed, missed }: Gate): boolean {
  return alarms + observed.alarms + missed > 0
}

function table(shown: Gate[]): Html {
  return html`<table class="sortable stacked">
<thead><tr><th scope="col">Gate</th><th scope="col" class="number">Rollouts</th><th scope="col" class="number">Alarms</th><th scope="col" class="number">Confirmed</th><th scope="col" class="number">False</th><th scope="col" class="number">Open or undecided</th><th scope="col" class="number">Observed only</th><th scope="col" class="number">Missed</th><th scope="col" class="number">Right</th><th scope="col" class="number">In healthy rollouts</th></tr></thead>
<tbody>${shown.slice(0, mostGates).map(row)}</tbody>
</table>`
}

function row(gate: Gate): Html {
  const { observed } = gate
  return html`<tr>
<th scope="row">${gateTitle(gate.gate)}</th>
${number(gate.rollouts, 'Rollouts')}
${number(gate.alarms, 'Alarms')}
${number(gate.confirmed, 'Confirmed')}
${number(gate.false, 'False')}
${number(gate.open + gate.undecided, 'Open or undecided')}
<td class="number" data-label="Observed only" data-value="${observed.alarms}">${observed.alarms === 0 ? '–' : html`${count(observed.alarms)}<small>${count(observed.confirmed)} confirmed, ${count(observed.false)} false</small>`}</td>
${number(gate.missed, 'Missed')}
${shareCell(gate.right, 'Right')}
${shareCell(gate.falseAlarms, 'In healthy rollouts')}
</tr>`
}

function proposals(all: Gate[]): Html {
  const some = all.slice(0, mostGates).filter(({ proposal }) => proposal !== null)
  if (some.length === 0) return html``
  return html`<h3>What that speaks for</h3>
<ul class="proposals">${some.map(
    ({ gate, proposal }) =>
      proposal &&
      html`<li><strong>${gateTitle(gate)}: ${kindWords[proposal.kind]}.</strong> ${sentence(proposal.text)}${
        proposal.change &&
        html` <code>${proposal.change.setting}</code> of ${proposal.change.gate}: ${proposal.change.from} → ${proposal.change.to}.`
      }</li>`,
  )}</ul>
<p class="quiet">Proposals change nothing. Whoever agrees sets them in Slack with <code>/rollout config</code>, or through the policy’s API.</p>`
}
