// Breaches of the gates, the open ones first, and what the watch after completion has found.
import type { BreachView, RolloutView } from '../../server/domain/rollout-view.ts'
import { time, withTimes } from '../format/instant.ts'
import { actorName, gateTitle, sentence, verdictWords } from '../format/words.ts'
import { type Html, html } from '../html.ts'
import { details } from './gate-rows.ts'
import { suspicion } from './suspicion.ts'

export function breaches(view: RolloutView): Html {
  const ordered = [...view.breaches].sort(
    (a, b) => Number(a.closed !== null) - Number(b.closed !== null) || b.openedAt - a.openedAt,
  )
  const found = ordered.length > 0
  const alarmed = view.alarms.length > 0
  return html`<section data-part="breaches"${!found && !alarmed && html` hidden`}>
${alarmed && html`<h2>Alarms of the watch after completion</h2><ul class="breaches">${view.alarms.map(alarm)}</ul>`}
${found && html`<h2>Breaches</h2><ul class="breaches">${ordered.map((each) => breach(view, each))}</ul>`}
</section>`
}

function breach(view: RolloutView, one: BreachView): Html {
  const suspected = suspicion(view, one.suspect)
  return html`<li class="${one.closed === null ? 'open' : 'closed'}">
<strong>${gateTitle(one.gate)}</strong> <span class="word ${one.severity}">${verdictWords[one.severity]}</span>${one.mode === 'observe' && html` <span class="word">only observed</span>`}
<span>${withTimes(sentence(one.headline))}</span>
${suspected !== null && html`<p class="suspect">${suspected}</p>`}${details(one.details)}
<small>opened ${time(one.openedAt)}${acknowledged(one)}${closed(one)}</small>
</li>`
}

function alarm(one: RolloutView['alarms'][number]): Html {
  return html`<li class="open">
<strong>${gateTitle(one.gate)}</strong> <span class="word ${one.severity}">${one.severity === 'severe' ? 'severe alarm' : 'alarm'}</span>
<span>${withTimes(sentence(one.headline))}</span>
<small>${time(one.at)}; nothing was taken back</small>
</li>`
}

function acknowledged({ acknowledged: given }: BreachView): Html | null {
  if (given === null) return null
  return html`, acknowledged by ${actorName(given.by)} ${time(given.at)}: <q>${given.why}</q>`
}

function closed(view: BreachView): Html {
  if (view.closed === null) return html`, open`
  return html`, closed ${time(view.closed.at)} (${view.closed.how})`
}
