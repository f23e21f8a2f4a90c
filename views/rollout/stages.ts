// The stages as an ordered strip, and what the current one still needs.
import type { RolloutView, StageView } from '../../server/domain/rollout-view.ts'
import { counted } from '../format/count.ts'
import { minutes } from '../format/duration.ts'
import { time } from '../format/instant.ts'
import { reason } from '../format/reason.ts'
import { actorName, capitalised } from '../format/words.ts'
import { type Html, html } from '../html.ts'

const stateWords = { done: 'done', current: 'current', later: 'later', skipped: 'skipped' }

export function stages(view: RolloutView): Html {
  return html`<section data-part="stages">
<h2>Stages</h2>
<ol class="strip">${view.stages.map(stage)}</ol>
${readiness(view)}
</section>`
}

function stage(view: StageView): Html {
  const stations = counted(view.stationCount, 'station')
  return html`<li class="${view.state}"${view.state === 'current' && html` aria-current="step"`}>
<span class="stage-name">${capitalised(view.label)}</span>
<span class="state">${stateWords[view.state]}</span>
${stations !== view.label && html`<span>${stations}</span>`}
<span>${soak(view.soak)}</span>
${view.startedAt !== null && html`<span>since ${time(view.startedAt)}</span>`}
${view.decision !== null && html`<span>${view.decision.what} by ${actorName(view.decision.by)}, ${time(view.decision.at)}${reason(view.decision.by, view.decision.why)}</span>`}
</li>`
}

function soak({
  minutes: soaked,
  firstAttempts,
  firstAttemptsPerStation,
  shifts,
}: StageView['soak']): string {
  const parts = [
    ...(soaked > 0 ? [minutes(soaked)] : []),
    ...(shifts > 0 ? [counted(shifts, 'full shift')] : []),
    ...(firstAttempts > 0 ? [counted(firstAttempts, 'first attempt')] : []),
    ...(firstAttemptsPerStation > 0 ? [`${firstAttemptsPerStation} on each station`] : []),
  ]
  return parts.length === 0 ? 'no soak' : `soaks ${parts.join(', ')}`
}

function readiness(view: RolloutView): Html | null {
  if (view.status !== 'active' && view.status !== 'paused') return null
  if (view.readiness.items.length === 0) return null
  return html`<h3>${view.readiness.ready ? 'Ready to advance' : 'Before it may advance'}</h3>
<ul class="readiness">${view.readiness.items.map(
    (item) =>
      html`<li class="${item.met ? 'met' : 'unmet'}"><span class="mark">${item.met ? 'done' : 'not yet'}</span> ${capitalised(item.text)}</li>`,
  )}</ul>`
}
