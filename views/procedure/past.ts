// The history of its rollouts, and of changes made without one: how each ended, after how long, by whom and why.
import type { PastOfProcedure, ProcedureRecord } from '../../server/domain/procedure-record.ts'
import { time } from '../format/instant.ts'
import { rolloutLink } from '../format/links.ts'
import { reason } from '../format/reason.ts'
import { actorName, capitalised } from '../format/words.ts'
import { type Html, html } from '../html.ts'
import type { PageFrame } from '../page-document.ts'

const shownAtOnce = 12

export function procedurePast({ id, past }: ProcedureRecord, frame: PageFrame): Html {
  const later = past.slice(shownAtOnce)
  return html`<section data-part="past">
<h2>Its rollouts</h2>
${past.length === 0 && html`<p class="empty">Nothing has been rolled out yet. Start the first rollout in Slack with <code>/rollout start</code>.</p>`}
${list(past.slice(0, shownAtOnce), frame)}
${later.length > 0 && html`<details data-keep="past"><summary>${later.length} earlier</summary>${list(later, frame)}</details>`}
<p class="quiet"><a href="${frame.base}/history?procedure=${id}">All of them, found by label, site and outcome</a> · <a href="${frame.base}/procedures/${id}/learning">what they have taught</a> · <a href="${frame.base}/procedures/${id}/replay">replay other gates over history</a></p>
</section>`
}

function list(past: PastOfProcedure[], frame: PageFrame): Html {
  return html`<ol class="record">${past.map(
    ({ at, by, what, why, rollout }) => html`<li${by.kind === 'person' && html` class="by-person"`}>
<span class="when">${time(at)}</span>
<span class="what">${rollout ? rolloutLink(frame, rollout.id, capitalised(what)) : capitalised(what)}${reason(by, why)}</span>
<span class="who">${actorName(by)}</span>
</li>`,
  )}</ol>`
}
