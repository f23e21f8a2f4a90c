// Alarms of the rollout's stations: what each runs against what it should, since when, and who has answered.
import type { RolloutView } from '../../server/domain/rollout-view.ts'
import type { AlarmView } from '../../server/domain/station-alarms/alarm.ts'
import { counted } from '../format/count.ts'
import { time, withTimes } from '../format/instant.ts'
import { alarmWords, sentence } from '../format/words.ts'
import { type Html, html } from '../html.ts'

export function stationAlarms({ stationAlarms: alarms }: RolloutView): Html {
  return html`<section data-part="station-alarms"${alarms.length === 0 && html` hidden`}>
${alarms.length > 0 && html`<h2>Alarms of stations</h2><ul class="breaches">${alarms.map(alarm)}</ul>`}
</section>`
}

function alarm(one: AlarmView): Html {
  const runs = one.runs === null || one.runs === 0 ? '' : `, ${counted(one.runs, 'run')} so far`
  return html`<li class="open">
<strong>${one.station.name}</strong> <span class="word breach">${alarmWords[one.kind]}</span>
<span>${withTimes(sentence(one.detail))}</span>
<small>since ${time(one.since)}${runs}; opened ${time(one.openedAt)}</small>
</li>`
}
