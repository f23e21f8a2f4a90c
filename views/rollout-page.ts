// The page of a rollout, whole without script: what is rolled out, how it stands, on which numbers, who decided.
import type { RetestPair } from '../server/domain/retests.ts'
import type { RolloutView } from '../server/domain/rollout-view.ts'
import type { RecordedEvent } from './event-sentence.ts'
import { html } from './html.ts'
import { type PageAssets, pageDocument } from './page-document.ts'
import { arms } from './sections/arms.ts'
import { breaches } from './sections/breaches.ts'
import { changes } from './sections/changes.ts'
import { charts, type GateLink, type PageChart } from './sections/charts.ts'
import { failures, type ShownFailures } from './sections/failures.ts'
import { gates } from './sections/gates.ts'
import { heading } from './sections/heading.ts'
import { record } from './sections/record.ts'
import { retests } from './sections/retests.ts'
import { reverting } from './sections/reverting.ts'
import { shadow } from './sections/shadow.ts'
import { stages } from './sections/stages.ts'
import { stationAlarms } from './sections/station-alarms.ts'
import { stations } from './sections/stations.ts'
import { statusBanner, statusTitle } from './sections/status-banner.ts'
import { unattributed } from './sections/unattributed.ts'

const liveRefreshSeconds = 5
/** An ended rollout still gets late runs, but nobody waits for them. */
const endedRefreshSeconds = 60

export function rolloutPage(
  view: RolloutView,
  shown: { charts: PageChart[]; gates: GateLink[]; failures: ShownFailures | null },
  { events, pairs }: { events: RecordedEvent[]; pairs: RetestPair[] },
  assets: PageAssets,
): string {
  const ended = view.status === 'aborted' || view.status === 'completed'
  return pageDocument({
    title: `${statusTitle(view)} · ${view.procedure.name} ${view.deployment.version} · Firstpass`,
    body: html`<main data-refresh-seconds="${ended ? endedRefreshSeconds : liveRefreshSeconds}">
${heading(view)}
${statusBanner(view)}
${stages(view)}
${breaches(view)}
${stationAlarms(view)}
${reverting(view)}
${gates(view)}
${changes(view)}
${arms(view)}
${failures(shown.failures)}
${charts(shown.charts, shown.gates)}
${stations(view)}
${retests(view, pairs)}
${shadow(view)}
${unattributed(view)}
${record(view, events)}
</main>
<footer><p data-live>Times are UTC.<noscript> Reload the page to see what changed.</noscript></p></footer>`,
    assets,
    script: true,
  })
}
