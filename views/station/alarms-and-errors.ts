// What is, or was, wrong with it: alarms, and troubles that it reported of itself.

import type { AlarmView } from '../../server/domain/station-alarms/alarm.ts'
import type { StationRecord } from '../../server/domain/station-record.ts'
import { counted } from '../format/count.ts'
import { time } from '../format/instant.ts'
import { procedureLink } from '../format/links.ts'
import { actorName, alarmWords, capitalised } from '../format/words.ts'
import { type Content, type Html, html } from '../html.ts'
import type { PageFrame } from '../page-document.ts'

export function stationAlarmsAndErrors({ alarms, errors }: StationRecord, frame: PageFrame): Html {
  const open = alarms.filter(({ closed }) => closed === null)
  return html`<section data-part="alarms">
<h2>Alarms</h2>
${open.length === 0 && html`<p class="quiet">None is open.</p>`}
<ul class="breaches">${open.map((each) => alarm(each, frame))}</ul>
${alarms.length > open.length && html`<details data-keep="alarms"><summary>${counted(alarms.length - open.length, 'earlier alarm')}</summary><ul class="breaches">${alarms.filter(({ closed }) => closed !== null).map((each) => alarm(each, frame))}</ul></details>`}
</section>
<section data-part="errors"${errors.length === 0 && html` hidden`}>
${
  errors.length > 0 &&
  html`<h2>Troubles it reported</h2>
<ul class="breaches">${errors.map(({ at, code, message }) => html`<li>${time(at)}: ${code !== null && html`<code>${code}</code> `}${message}</li>`)}</ul>`
}
</section>`
}

function alarm(view: AlarmView, frame: PageFrame): Html {
  const { kind, since, detail, closed, acknowledged, procedure } = view
  return html`<li${closed !== null && html` class="closed"`}><strong>${capitalised(alarmWords[kind])}</strong> on ${procedureLink(frame, procedure)} since ${time(since)}: ${detail}${ended(closed, acknowledged)}</li>`
}

function ended(closed: AlarmView['closed'], acknowledged: AlarmView['acknowledged']): Content {
  if (closed === null) return null
  if (acknowledged === null) return html`<small>closed ${time(closed.at)}: ${closed.how}</small>`
  return html`<small>acknowledged by ${actorName(acknowledged.by)}, ${time(acknowledged.at)}: <q>${acknowledged.why}</q></small>`
}
