// The way back after an abort: when each station was told, had pulled base, and was proven back.
import type { Reverting, RevertingStation } from '../../server/domain/reverting.ts'
import type { RolloutView } from '../../server/domain/rollout-view.ts'
import { minutes, seconds } from '../format/duration.ts'
import { time, withTimes } from '../format/instant.ts'
import { absent } from '../format/rate.ts'
import { sentence } from '../format/words.ts'
import { type Html, html } from '../html.ts'

export function reverting({ reverting: way }: RolloutView): Html {
  const found = way !== null && way.total > 0
  return html`<section data-part="reverting"${!found && html` hidden`}>
${
  found &&
  html`<h2>Way back to ${way.to.version}</h2>
<p${way.isOverdue && html` class="suspect"`}>${withTimes(sentence(way.text))}</p>
<table class="stations">
<thead><tr><th scope="col">Station</th><th scope="col">Told</th><th scope="col">Pulled</th><th scope="col">Proven back</th><th scope="col">Took</th></tr></thead>
<tbody>${way.stations.map((each) => row(each, way))}</tbody>
</table>
<p class="quiet">Told: answered with the pin. Proven: a run of ${way.to.version}, or the station's word that it runs it. The procedure allows ${minutes(way.limitMinutes)}.</p>`
}
</section>`
}

function row(station: RevertingStation, { at }: Reverting): Html {
  const { provenAt, excused, offlineSince } = station
  const isOut = provenAt === null && excused === null
  return html`<tr${isOut && html` class="troubled"`}>
<th scope="row">${station.name}</th>
<td>${moment(station.toldAt)}</td>
<td>${moment(station.pulledAt)}</td>
<td>${provenAt === null ? html`${excused ?? 'not yet'}${offlineSince !== null && html` <small>offline since ${time(offlineSince)}</small>`}` : time(provenAt)}</td>
<td class="number">${provenAt === null ? absent : took(provenAt - at)}</td>
</tr>`
}

function moment(at: number | null): Html {
  return at === null ? html`${absent}` : time(at)
}

function took(ms: number): string {
  return ms < 600_000 ? seconds(Math.max(0, ms) / 1000) : minutes(ms / 60_000)
}
