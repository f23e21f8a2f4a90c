// What stays as it is until a person acts, the urgent first.
import type { Ask, Overview } from '../../server/domain/overview.ts'
import { count } from '../format/count.ts'
import { time, withTimes } from '../format/instant.ts'
import { procedureLink, rolloutLink, stationLink } from '../format/links.ts'
import { alarmWords, sentence } from '../format/words.ts'
import { type Html, html } from '../html.ts'
import type { PageFrame } from '../page-document.ts'

export function asks({ asks: all, moreAsks }: Overview, frame: PageFrame): Html {
  return html`<section data-part="asks" aria-live="polite">
<h2>Asks for a person</h2>
${all.length === 0 && html`<p class="empty">Nothing: no breach, approval or alarm is open.</p>`}
<ul class="breaches">${all.map((each) => entry(each, frame))}</ul>
${moreAsks > 0 && html`<p class="quiet">${count(moreAsks)} more: look at <a href="${frame.base}/fleet?trouble=any">the stations in trouble</a>.</p>`}
</section>`
}

function entry(ask: Ask, frame: PageFrame): Html {
  const { urgent, what, detail, since, rollout, alarm } = ask
  const of = rollout
    ? rolloutLink(frame, rollout.id, `${rollout.procedure} ${rollout.version}`)
    : alarm &&
      html`${stationLink(frame, alarm.station)}, ${alarm.station.site}, on ${procedureLink(frame, alarm.procedure)}`
  const words = alarm ? html`${alarmWords[alarm.kind]}: ` : ''
  return html`<li${urgent && html` class="urgent"`}>${urgent && html`<span class="word breach">urgent</span> `}<strong>${what}</strong>, ${of}: ${words}${withTimes(sentence(detail))} <small>since ${time(since)}</small></li>`
}
