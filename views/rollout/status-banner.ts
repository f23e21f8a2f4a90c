// Where the rollout stands: what is happening, what it waits for, what comes next, who decided last.
import type { RolloutView } from '../../server/domain/rollout-view.ts'
import { counted } from '../format/count.ts'
import { time, withTimes } from '../format/instant.ts'
import { reason } from '../format/reason.ts'
import { actorName, pauseWords, sentence } from '../format/words.ts'
import { type Html, html } from '../html.ts'
import { economics } from './economics.ts'
import { overallWord } from './suspicion.ts'

export function statusBanner(view: RolloutView): Html {
  return html`<section class="banner ${tone(view)}" data-part="banner" aria-live="polite">
<h2 class="status">${statusTitle(view)}</h2>
<p class="happening">${happening(view)}</p>
${view.waitsFor.length > 0 && html`<div class="waits"><h3>Waits for</h3><ul>${view.waitsFor.map((each) => html`<li>${withTimes(sentence(each))}</li>`)}</ul></div>`}
${view.next !== '' && html`<p class="next"><strong>Next:</strong> ${sentence(view.next)}</p>`}
${economics(view)}
<p class="last">Last decision: ${view.lastDecision.what} by ${actorName(view.lastDecision.by)}, ${time(view.lastDecision.at)}${reason(view.lastDecision.by, view.lastDecision.why)}</p>
</section>`
}

/** A breach that holds the rollout and an alarm of the watch ask for a person now; any other pause does not. */
function tone(view: RolloutView): string {
  return view.pause?.reason === 'breach' || view.alarms.length > 0 ? 'breached' : view.status
}

export function statusTitle(view: RolloutView): string {
  switch (view.status) {
    case 'pending':
      return 'Waiting to start'
    case 'active':
      return `Stage ${view.stageIndex + 1} of ${view.stages.length}`
    case 'paused':
      return `Paused in stage ${view.stageIndex + 1} of ${view.stages.length}`
    case 'aborting':
      return 'Aborting'
    case 'aborted':
      return 'Aborted'
    case 'completed':
      return 'Completed'
  }
}

function happening(view: RolloutView): Html {
  switch (view.status) {
    case 'pending':
      return view.startAt === null
        ? html`Nothing is pinned yet.`
        : html`Nothing is pinned yet. Starts ${time(view.startAt)}.`
    case 'active':
      return html`${exposure(view)} ${gatesSay(view)}`
    case 'paused':
      return html`${pausedBecause(view)} ${exposure(view)} No further station gets it; the gates keep judging.`
    case 'aborting':
      return html`${abortedBecause(view)} ${wayBack(view)}`
    case 'aborted':
      return html`${abortedBecause(view)} Ended${endedAt(view)}; every station it reached is accounted for.`
    case 'completed':
      return html`${view.deployment.version} went to every station. Ended${endedAt(view)}. ${gatesSay(view)} ${watch(view)}`
  }
}

function exposure(view: RolloutView): string {
  const taken = view.stations.filter(({ status }) => ['pinned', 'pulled', 'confirmed'].includes(status))
  const confirmed = taken.filter(({ status }) => status === 'confirmed')
  return `${taken.length} of ${counted(view.stations.length, 'station')} ${taken.length === 1 ? 'is' : 'are'} pinned to ${view.deployment.version}, ${confirmed.length} confirmed by a run.`
}

function gatesSay(view: RolloutView): Html {
  return view.verdict === null
    ? html`The gates have not judged yet.`
    : html`The gates say: <strong>${overallWord(view.verdict)}</strong>.`
}

function pausedBecause(view: RolloutView): Html | null {
  if (view.pause === null) return null
  const { reason: kind, why, by, at } = view.pause
  // A person's reason and a breach say themselves what they are.
  const how = kind === 'blind' || kind === 'window' ? ` ${pauseWords[kind]}` : ''
  return html`${withTimes(sentence(why))} Paused${how} by ${actorName(by)}, ${time(at)}.`
}

function watch({ watchUntil, alarms }: RolloutView): Html | null {
  if (watchUntil === null) return null
  const found = alarms.length === 0 ? 'no alarm so far' : `${counted(alarms.length, 'alarm')} so far`
  return html`Each station is compared with its own past until ${time(watchUntil)}: <strong>${found}</strong>.`
}

function abortedBecause(view: RolloutView): Html | null {
  if (view.abort === null) return null
  return html`<q>${view.abort.why}</q> Aborted by ${actorName(view.abort.by)}, ${time(view.abort.at)}.`
}

function wayBack(view: RolloutView): string {
  const reverted = view.stations.filter(({ status }) => status === 'reverted').length
  const exposed = reverted + view.stations.filter(({ status }) => status === 'reverting').length
  return `Every station is pinned back to ${view.base.version}; ${reverted} of ${counted(exposed, 'station')} confirmed back.`
}

function endedAt(view: RolloutView): Html | null {
  return view.endedAt === null ? null : html` ${time(view.endedAt)}`
}
