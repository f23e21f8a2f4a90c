// The page of a rollout, whole without script: what is rolled out, how it stands, on which numbers, who decided.
import type { Containment } from '../../server/domain/containment.ts'
import type { RetestPair } from '../../server/domain/retests.ts'
import type { RolloutView } from '../../server/domain/rollout-view.ts'
import { type Html, html } from '../html.ts'
import { type PageFrame, pageDocument } from '../page-document.ts'
import { arms } from './arms.ts'
import { breaches } from './breaches.ts'
import { changes } from './changes.ts'
import { charts, type GateLink, type PageChart } from './charts.ts'
import { containment } from './containment.ts'
import { type Deciding, decisions, outcomeNotice } from './decide/decisions.ts'
import type { RecordedEvent } from './event-sentence.ts'
import { failures, type ShownFailures } from './failures.ts'
import { gates } from './gates.ts'
import { heading } from './heading.ts'
import { record } from './record.ts'
import { retests } from './retests.ts'
import { reverting } from './reverting.ts'
import { shadow } from './shadow.ts'
import { stages } from './stages.ts'
import { stationAlarms } from './station-alarms.ts'
import { stations } from './stations.ts'
import { statusBanner, statusTitle } from './status-banner.ts'
import type { ShownRange } from './time-range.ts'
import { unattributed } from './unattributed.ts'

/** What the page shows beside the view that all doors share. */
export type ShownRollout = {
  charts: PageChart[]
  gates: GateLink[]
  /** Null where there are no charts. */
  range: ShownRange | null
  failures: ShownFailures | null
  /** All stations as a table. */
  stationsUrl: string
  /** All events as a table. */
  recordUrl: string
  events: RecordedEvent[]
  pairs: RetestPair[]
  /** Null where nothing asks for containment. */
  contained: Containment | null
  /** Where the page hears that something is new, and the mark of what it shows. */
  live: { url: string; mark: string }
  deciding: Deciding
}

/** Where the service cannot tell the page that something is new, the page looks by itself. */
const liveRefreshSeconds = 5
/** An ended rollout still gets late runs, but nobody waits for them. */
const endedRefreshSeconds = 60

export function rolloutPage(view: RolloutView, shown: ShownRollout, frame: PageFrame): string {
  const { live, events, pairs, deciding } = shown
  const ended = view.status === 'aborted' || view.status === 'completed'
  return pageDocument({
    title: `${statusTitle(view)} · ${view.procedure.name} ${view.deployment.version}`,
    body: html`<main id="content" data-live-url="${live.url}" data-mark="${live.mark}" data-refresh-seconds="${ended ? endedRefreshSeconds : liveRefreshSeconds}">
${heading(view, frame)}
${outcomeNotice(deciding)}
${statusBanner(view)}
${decisions(view, deciding, frame)}
${stages(view)}
${breaches(view)}
${containment(shown.contained, `${frame.base}/rollouts/${view.id}/containment`)}
${stationAlarms(view)}
${reverting(view)}
${gates(view)}
${changes(view)}
${charts(shown.charts, shown.gates, shown.range)}
${arms(view)}
${failures(shown.failures, shown.range)}
${stations(view, shown.stationsUrl, frame)}
${retests(view, pairs)}
${shadow(view)}
${unattributed(view)}
${record(view, events, shown.recordUrl)}
</main>
<footer><p data-live>Times are UTC.<noscript> Reload the page to see what changed.</noscript></p>${shareable(view, frame)}</footer>`,
    frame,
    script: true,
  })
}

/** The address in the browser opens the page for who is signed in; to pass it on takes the link with its key. */
function shareable({ url }: RolloutView, { reader }: PageFrame): Html | null {
  if (reader?.kind !== 'person') return null
  return html`<p>For others to read: <a href="${url}">link to this page alone</a>, which opens for a week or two.</p>`
}
