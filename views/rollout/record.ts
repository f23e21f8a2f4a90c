// The record of events, newest first: who, when, why.
import type { RolloutView } from '../../server/domain/rollout-view.ts'
import { counted } from '../format/count.ts'
import { time } from '../format/instant.ts'
import { reason } from '../format/reason.ts'
import { actorName, capitalised } from '../format/words.ts'
import { type Html, html } from '../html.ts'
import { eventSentence, type RecordedEvent } from './event-sentence.ts'

/** Every step of every station is an event: of a large fleet there are thousands, which are a table of their own. */
const [shownAtOnce, mostEarlier] = [15, 25]

/** @param tableUrl all events as a table. */
export function record(view: RolloutView, events: RecordedEvent[], tableUrl: string): Html {
  const newestFirst = [...events].sort((a, b) => b.sequence - a.sequence)
  const earlier = newestFirst.slice(shownAtOnce, shownAtOnce + mostEarlier)
  const left = newestFirst.length - shownAtOnce - earlier.length
  return html`<section data-part="record">
<h2>Record</h2>
<p class="quiet">With every verdict and what each decision saw: <a href="${view.id}/ledger">the decision ledger</a>.</p>
${events.length === 0 ? html`<p class="quiet">Nothing happened yet.</p>` : html`<p class="quiet">${counted(events.length, 'event')}, newest first${left > 0 && html`; the oldest ${left} only in the table`}. <a href="${tableUrl}">The whole record as a table</a></p>`}
${list(newestFirst.slice(0, shownAtOnce), view)}
${earlier.length > 0 && html`<details data-keep="record"><summary>${counted(earlier.length, 'earlier event')}</summary>${list(earlier, view)}</details>`}
</section>`
}

function list(events: RecordedEvent[], view: RolloutView): Html {
  return html`<ol class="record">${events.map((event) => entry(event, view))}</ol>`
}

function entry(event: RecordedEvent, view: RolloutView): Html {
  const { what, why } = eventSentence(event, view)
  return html`<li${event.by.kind === 'person' && html` class="by-person"`}>
<span class="when">${time(event.at)}</span>
<span class="what">${capitalised(what)}${reason(event.by, why)}</span>
<span class="who">${actorName(event.by)}</span>
</li>`
}
