// The page of a station: whether it is there, what it runs against what it should, how it tests, what was done with it.
import type { StationRecord } from '../../server/domain/station-record.ts'
import { html } from '../html.ts'
import { type PageFrame, pageDocument } from '../page-document.ts'
import { chartGrid, type PageChart } from '../rollout/charts.ts'
import { stationAlarmsAndErrors } from './alarms-and-errors.ts'
import { stationHeading } from './heading.ts'
import { stationKeysAndFacts } from './keys-and-facts.ts'
import { stationPins } from './pins-and-pickups.ts'
import { stationProcedures } from './procedures.ts'
import { stationActs } from './record.ts'
import { stationRollouts } from './rollouts.ts'
import { stationRuns } from './runs.ts'

const refreshSeconds = 20

/** @param isLaterPage an older page of its runs: it changes no more, and the rest stands on the first. */
export function stationPage(
  station: StationRecord,
  { charts, isLaterPage }: { charts: PageChart[]; isLaterPage: boolean },
  frame: PageFrame,
): string {
  return pageDocument({
    title: `${station.name} · station`,
    body: html`<main id="content" data-refresh-seconds="${refreshSeconds}">
${stationHeading(station, frame)}
${
  isLaterPage
    ? stationRuns(station, frame)
    : html`${stationProcedures(station, frame)}
${stationAlarmsAndErrors(station, frame)}
${charts.length > 0 && html`<section class="charts" id="charts"><h2>Its own yield</h2>${chartGrid(charts)}</section>`}
${stationRollouts(station, frame)}
${stationRuns(station, frame)}
${stationPins(station, frame)}
${stationKeysAndFacts(station)}
${stationActs(station)}`
}
</main>
<footer><p data-live>Times are UTC.<noscript> Reload the page to see what changed.</noscript></p></footer>`,
    frame,
    script: true,
  })
}
