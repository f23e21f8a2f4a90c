// The rollout's stations in the order in which they are taken.
import { attemptWords } from '../../server/domain/attempt-rule.ts'
import { clockText } from '../../server/domain/clock-ahead.ts'
import type { RolloutView, StationView } from '../../server/domain/rollout-view.ts'
import type { AlarmView } from '../../server/domain/station-alarms/alarm.ts'
import { count, counted } from '../format/count.ts'
import { time } from '../format/instant.ts'
import { stationLink } from '../format/links.ts'
import { absent, percent } from '../format/rate.ts'
import { actorName, alarmWords } from '../format/words.ts'
import { type Content, type Html, html } from '../html.ts'
import type { PageFrame } from '../page-document.ts'

const troubleWords = { stale: 'silent', drifted: 'runs another build', failed: 'failed to load' }

/** More would make the page heavy; the whole of them is a table of its own. */
const mostRows = 20

export function stations(view: RolloutView, tableUrl: string, frame: PageFrame): Html {
  const rows = loudestFirst(view).slice(0, mostRows)
  const left = view.stations.length - rows.length
  return html`<section data-part="stations">
<h2>Stations</h2>
<p class="quiet">${summary(view.stations)}${left > 0 && html` The ${rows.length} in trouble or furthest on the way are shown; ${counted(left, 'more station')} in the table.`} <a href="${tableUrl}">All stations as a table</a></p>
<table class="stations sortable">
<thead><tr><th scope="col">Station</th><th scope="col">Site</th><th scope="col">Line</th><th scope="col">Status</th><th scope="col">Connection</th><th scope="col">Trouble</th><th scope="col">Since</th><th scope="col" class="number">Canary yield</th><th scope="col" class="number">Own past yield</th></tr></thead>
<tbody>${rows.map((each) => station(each, view.stationAlarms, frame))}</tbody>
</table>
<p class="quiet">Queued: waits for its stage. Pinned: told to run the new build. Pulled: has it. Confirmed: a run proved it. Reverting, reverted: the same way back. Left: taken out, or passed over while it is held. ${attemptWords(view.procedure.attemptRule).note}</p>
</section>`
}

/** In the rollout's order; where not all can be shown, those in trouble and then those that the rollout has reached first. */
function loudestFirst(view: RolloutView): StationView[] {
  if (view.stations.length <= mostRows) return view.stations
  const alarmed = new Set(view.stationAlarms.map((alarm) => alarm.station.id))
  const rank = (each: StationView) =>
    each.trouble !== null || alarmed.has(each.id) ? 0 : ['queued', 'left'].includes(each.status) ? 2 : 1
  return [...view.stations].sort((a, b) => rank(a) - rank(b))
}

function station(view: StationView, all: AlarmView[], frame: PageFrame): Html {
  const alarms = all.filter((alarm) => alarm.station.id === view.id && alarm.kind !== view.trouble?.kind)
  return html`<tr${(view.trouble !== null || alarms.length > 0) && html` class="troubled"`}>
<th scope="row">${stationLink(frame, view)}</th>
<td class="site" data-line="${view.line}">${view.site}</td>
<td class="line">${view.line}</td>
<td class="status"><span class="station-status ${view.status}">${view.status}</span>${view.status === 'queued' && html`<small>for stage ${view.stageIndex + 1}</small>`}</td>
<td class="connection">${connectionText(view)}</td>
<td class="trouble">${trouble(view)}${alarms.map(alarm)}</td>
<td class="since" data-value="${view.since ?? ''}">${view.since === null ? absent : time(view.since)}</td>
<td class="number" data-label="Canary" data-value="${yieldValue(view.canaryPassed, view.canaryUnits)}">${firstPassYield(view.canaryPassed, view.canaryUnits)}</td>
<td class="number" data-label="Own past" data-value="${yieldValue(view.pastPassed, view.pastUnits)}">${firstPassYield(view.pastPassed, view.pastUnits)}</td>
</tr>`
}

function connectionText({ connection, clockAheadMs }: StationView): (Html | null)[] {
  const { state, heardAt, isClosed, busy } = connection
  return [
    html`${busy ? 'in a run' : state}`,
    heardAt === null || state !== 'silent' ? null : html`<small>since ${time(heardAt)}</small>`,
    isClosed && state !== 'connected' ? html`<small>its site is closed</small>` : null,
    clockAheadMs === null ? null : html`<small>clock ${clockText(clockAheadMs)}</small>`,
  ]
}

function firstPassYield(passed: number, units: number): Html {
  if (units === 0) return html`${absent} <small>n 0</small>`
  return html`${percent(passed / units)} <small>n ${count(units)}</small>`
}

function yieldValue(passed: number, units: number): Content {
  return units === 0 ? '' : passed / units
}

function trouble(view: StationView): (Html | null)[] {
  return [
    view.leftBecause === null ? null : html`${view.leftBecause}`,
    view.trouble &&
      html`<strong>${troubleWords[view.trouble.kind]}</strong> ${view.trouble.detail} <small>since ${time(view.trouble.since)}</small>`,
    view.waived && html`<span>waived by ${actorName(view.waived.by)}: <q>${view.waived.why}</q></span>`,
  ]
}

function alarm({ kind, since }: AlarmView): Html {
  return html`<strong>alarm: ${alarmWords[kind]}</strong> <small>since ${time(since)}</small>`
}

function summary(all: StationView[]): string {
  const sites = new Set(all.map(({ site }) => site)).size
  const troubled = all.filter((each) => each.trouble !== null).length
  const trouble = troubled === 0 ? '' : `; ${troubled} in trouble`
  return `${counted(all.length, 'station')} at ${counted(sites, 'site')}${trouble}.`
}
