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
<ol class="strip">${view.stages.map((each) => stage(each, view))}</ol>
${readiness(view)}
</section>`
}

function stage(view: StageView, rollout: RolloutView): Html {
  const stations = counted(view.stationCount, 'station')
  return html`<li class="${view.state}"${view.state === 'current' && html` aria-current="step"`}>
<span class="stage-name">${capitalised(view.label)}</span>
<span class="state">${stateWords[view.state]}</span>
${stations !== view.label && html`<span>${stations}</span>`}
<span>${soak(view.soak)}</span>
${newStations(view, rollout)}
${view.startedAt !== null && html`<span>since ${time(view.startedAt)}</span>`}
${view.decision !== null && html`<span>${view.decision.what} by ${actorName(view.decision.by)}, ${time(view.decision.at)}${reason(view.decision.by, view.decision.why)}</span>`}
</li>`
}

/** Beyond these a list is read by nobody, and a stage of a thousand stations would be a page of its own. */
const [shownOpen, mostNames] = [4, 60]

/** Those that the stage takes beside the ones that earlier stages took. */
function newStations({ index }: StageView, { stations: all }: RolloutView): Html | null {
  const names = all
    .filter((each) => each.stageIndex === index && each.status !== 'left')
    .map(({ name }) => name)
  if (names.length === 0) return null
  const list = names.slice(0, mostNames).join(', ')
  const more = names.length > mostNames ? ` and ${names.length - mostNames} more` : ''
  const taking = index === 0 ? 'on' : 'adds'
  return names.length <= shownOpen
    ? html`<span class="takes">${taking} ${list}</span>`
    : html`<details class="takes" data-keep="stage-${index}"><summary>${taking} ${counted(names.length, 'station')}</summary>${list}${more}</details>`
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
      html`<li class="${item.met ? 'met' : 'unmet'}"><span class="mark">${item.met ? 'done' : 'not yet'}</span> <span>${capitalised(item.text)}${progress(item, view)}</span></li>`,
  )}</ul>`
}

/** What counts up shows how far it is, and when it is likely there. */
const countedUp = new Set(['soak', 'samples', 'samples per station', 'shifts', 'stations'])

function progress(item: RolloutView['readiness']['items'][number], { forecasts }: RolloutView): Html | null {
  if (item.met || item.needed <= 1 || !countedUp.has(item.kind)) return null
  const at = forecasts.find(({ kind }) => kind === item.kind)?.at
  const done = Math.min(Math.max(item.done, 0), item.needed)
  return html` <progress max="${item.needed}" value="${Math.round(done * 10) / 10}" aria-label="${item.text}">${Math.floor((done / item.needed) * 100)} %</progress>${at !== undefined && html` <small>likely ${time(at)}</small>`}`
}
