// Breaches of the gates, the open ones first.
import type { BreachView, RolloutView } from '../../server/domain/rollout-view.ts'
import { time } from '../format/instant.ts'
import { actorName, metricNames, sentence, verdictWords } from '../format/words.ts'
import { type Html, html } from '../html.ts'

export function breaches(view: RolloutView): Html {
  const ordered = [...view.breaches].sort(
    (a, b) => Number(a.closed !== null) - Number(b.closed !== null) || b.openedAt - a.openedAt,
  )
  return html`<section data-part="breaches"${ordered.length === 0 && html` hidden`}>
${ordered.length > 0 && html`<h2>Breaches</h2><ul class="breaches">${ordered.map(breach)}</ul>`}
</section>`
}

function breach(view: BreachView): Html {
  return html`<li class="${view.closed === null ? 'open' : 'closed'}">
<strong>${metricNames[view.metric]}</strong> <span class="word ${view.severity}">${verdictWords[view.severity]}</span>
<span>${sentence(view.headline)}</span>
<small>opened ${time(view.openedAt)}${acknowledged(view)}${closed(view)}</small>
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
