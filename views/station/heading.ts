// Where the station is, whether it is there, and what keeps rollouts from taking it.
import { clockText } from '../../server/domain/clock-ahead.ts'
import type { StationRecord } from '../../server/domain/station-record.ts'
import { fleetAddress } from '../fleet/fleet-address.ts'
import { time } from '../format/instant.ts'
import { out } from '../format/out-text.ts'
import { capitalised } from '../format/words.ts'
import { type Html, html } from '../html.ts'
import type { PageFrame } from '../page-document.ts'

export function stationHeading(station: StationRecord, frame: PageFrame): Html {
  const { name, site, line, tags, fixtures, createdAt, held, excluded, experiment, clockAheadMs } = station
  return html`<header class="heading" data-part="heading">
<h1>${name}</h1>
<p class="origin">Station at <a href="${fleetAddress(frame, { site })}">${site}</a>, line <a href="${fleetAddress(frame, { site, line })}">${line}</a>${tags.length > 0 && html`, tagged ${tags.join(', ')}`}. Registered ${time(createdAt)}.</p>
<p class="origin">Fixtures: ${fixtures.length === 0 ? 'none named' : fixtures.join(', ')}</p>
<p>${connection(station)}</p>
${clockAheadMs !== null && html`<p><strong class="alert">Its clock is ${clockText(clockAheadMs)}</strong>: the times of its runs are off by as much.</p>`}
${excluded && html`<p>${out('Excluded', excluded)}. It counts in no arm.</p>`}
${held && html`<p>${out('Held', held)}. No rollout takes it.</p>`}
${experiment !== null && html`<p><strong>In the experiment</strong> ${experiment}. No rollout takes it.</p>`}
</header>`
}

function connection({ connection: { state, heardAt, isClosed, busy } }: StationRecord): Html {
  const word = busy ? 'in a run' : state
  const isMissing = state !== 'connected' && !isClosed
  return html`<strong${isMissing && html` class="alert"`}>${capitalised(word)}</strong>${
    heardAt === null
      ? ': it has never asked for anything. Give it its key, and let it ask for its assignments.'
      : html`, heard of ${time(heardAt)}`
  }${isClosed && state !== 'connected' && '; its site is closed, so that silence is no trouble'}.`
}
