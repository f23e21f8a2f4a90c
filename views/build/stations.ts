// Where it is now: pinned, pulled and ran are three facts.
import type { BuildDetail } from '../../server/domain/build-detail.ts'
import type { StationOfBuild } from '../../server/domain/build-record.ts'
import { count, counted } from '../format/count.ts'
import { time } from '../format/instant.ts'
import { stationLink } from '../format/links.ts'
import { absent } from '../format/rate.ts'
import { type Html, html } from '../html.ts'
import type { PageFrame } from '../page-document.ts'

const mostShown = 100

export function buildStations({ stations }: BuildDetail, frame: PageFrame): Html {
  const has = (of: (station: StationOfBuild) => number | null) =>
    stations.filter((each) => of(each) !== null).length
  return html`<section data-part="stations">
<h2>Where it runs now</h2>
${
  stations.length === 0
    ? html`<p class="empty">No station is asked to run it, has it, or ran it last.</p>`
    : html`<p class="quiet">${counted(
        has(({ pinnedSince }) => pinnedSince),
        'station',
      )} should run it, ${count(has(({ pulledAt }) => pulledAt))} said that they took it, of ${count(has(({ lastRunAt }) => lastRunAt))} it made the latest run.</p>
<table class="sortable stacked">
<thead><tr><th scope="col">Station</th><th scope="col">Site</th><th scope="col">Line</th><th scope="col">Should run it since</th><th scope="col">Took it</th><th scope="col">Ran it last</th></tr></thead>
<tbody>${stations.slice(0, mostShown).map((each) => row(each, frame))}</tbody></table>
${stations.length > mostShown && html`<p class="quiet">The first ${mostShown} are shown.</p>`}`
}
</section>`
}

function row(station: StationOfBuild, frame: PageFrame): Html {
  const moment = (at: number | null) => (at === null ? absent : time(at))
  return html`<tr><th scope="row">${stationLink(frame, station)}</th><td data-label="Site">${station.site}</td><td data-label="Line">${station.line}</td><td data-label="Should since" data-value="${station.pinnedSince ?? 0}">${moment(station.pinnedSince)}</td><td data-label="Took it" data-value="${station.pulledAt ?? 0}">${moment(station.pulledAt)}</td><td data-label="Ran it last" data-value="${station.lastRunAt ?? 0}">${moment(station.lastRunAt)}</td></tr>`
}
