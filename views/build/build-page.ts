// The page of a build: where it comes from, what it changes, how it tests, where it runs, and what became of it.
import type { BuildDetail } from '../../server/domain/build-detail.ts'
import { html } from '../html.ts'
import { type PageFrame, pageDocument } from '../page-document.ts'
import { chartGrid, type PageChart } from '../rollout/charts.ts'
import { buildChanges } from './changes.ts'
import { buildHeading } from './heading.ts'
import { buildLog } from './log.ts'
import { buildRollouts } from './rollouts.ts'
import { buildRuns } from './runs.ts'
import { buildStations } from './stations.ts'

const refreshSeconds = 30

export function buildPage(build: BuildDetail, charts: PageChart[], frame: PageFrame): string {
  return pageDocument({
    title: `${build.version} · ${build.procedure.name}`,
    body: html`<main id="content" data-refresh-seconds="${refreshSeconds}">
${buildHeading(build, frame)}
${buildRollouts(build, frame)}
${buildChanges(build, frame)}
${buildRuns(build)}
${build.runs.total > 0 && html`<section class="charts" id="charts"><h2>Over time</h2>${chartGrid(charts)}</section>`}
${buildStations(build, frame)}
${buildLog(build)}
</main>
<footer><p data-live>Times are UTC.<noscript> Reload the page to see what changed.</noscript></p></footer>`,
    frame,
    script: true,
  })
}
