// The live rollouts: how each stands, what it waits for, whose it is.
import type { LiveRollout, Overview } from '../../server/domain/overview.ts'
import { count } from '../format/count.ts'
import { time, withTimes } from '../format/instant.ts'
import { buildLink, procedureLink, rolloutLink } from '../format/links.ts'
import { percent } from '../format/rate.ts'
import { actorName, sentence, verdictWords } from '../format/words.ts'
import { type Content, type Html, html } from '../html.ts'
import type { PageFrame } from '../page-document.ts'

/** What it waits for first; the rollout's own page says it all. */
const mostWaits = 3

export function liveRollouts({ live, moreLive, procedures }: Overview, frame: PageFrame): Html {
  return html`<section data-part="live">
<h2>Live now</h2>
${live.length === 0 && html`<p class="empty">${procedures.length === 0 ? 'Nothing is here yet.' : html`No rollout is live. Start one in Slack with <code>/rollout start</code>.`}</p>`}
<ul class="rollouts">${live.map((each) => card(each, frame))}</ul>
${moreLive > 0 && html`<p class="quiet">${count(moreLive)} more are live; the list of procedures names them.</p>`}
</section>`
}

function card(rollout: LiveRollout, frame: PageFrame): Html {
  const { id, procedure, build, base, waitsFor, next, owner, since, status } = rollout
  return html`<li class="${tone(rollout)}">
<h3>${procedureLink(frame, procedure)} ${rolloutLink(frame, id, build.version)}</h3>
<p class="status"><strong>${statusText(rollout)}</strong>${word(rollout)}</p>
<p>${evidence(rollout)} Replaces ${buildLink(frame, base)}.</p>
${waitsFor.length > 0 && html`<ul class="waiting" aria-label="Waits for">${waitsFor.slice(0, mostWaits).map((each) => html`<li>${withTimes(sentence(each))}</li>`)}${waitsFor.length > mostWaits && html`<li>${waitsFor.length - mostWaits} more.</li>`}</ul>`}
${waitsFor.length === 0 && next !== '' && html`<p>Next: ${sentence(next)}</p>`}
<p class="quiet">${actorName(owner)}, ${status === 'pending' ? 'created' : 'started'} ${time(since)}</p>
</li>`
}

function tone({ status, overall }: LiveRollout): string {
  return overall === 'breach' || overall === 'severe' ? 'breached' : status
}

function statusText({ status, stageIndex, stageCount, stageLabel }: LiveRollout): string {
  const stage = `stage ${stageIndex + 1} of ${stageCount}${stageLabel === null ? '' : `, ${stageLabel}`}`
  switch (status) {
    case 'pending':
      return 'Waiting to start'
    case 'active':
      return stage.charAt(0).toUpperCase() + stage.slice(1)
    case 'paused':
      return `Paused in ${stage}`
    case 'aborting':
      return 'Aborting: stations are on their way back'
    case 'aborted':
      return 'Aborted'
    case 'completed':
      return 'Completed'
  }
}

function word({ overall }: LiveRollout): Content {
  return overall && html` <span class="word ${overall.replace(' ', '-')}">${verdictWords[overall]}</span>`
}

function evidence({ canary, taken, stations, status }: LiveRollout): Content {
  if (status === 'pending') return 'Nothing is pinned yet.'
  const yieldText =
    canary.units === 0
      ? 'no unit yet'
      : html`first-pass yield ${percent(canary.passed / canary.units)}, n ${count(canary.units)}`
  return html`On ${count(taken)} of ${count(stations)} stations: ${yieldText}.`
}
