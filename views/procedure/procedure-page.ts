// The page of a procedure: what runs and what could, when a stage may start, what its rollouts keep to, what has been.
import type { FleetView } from '../../server/domain/fleet/fleet.ts'
import type { ProcedureRecord } from '../../server/domain/procedure-record.ts'
import { html } from '../html.ts'
import { type PageFrame, pageDocument } from '../page-document.ts'
import { chartGrid, type PageChart } from '../rollout/charts.ts'
import { procedureBuilds } from './builds.ts'
import { procedureHeading } from './heading.ts'
import { procedurePast } from './past.ts'
import { procedurePolicy } from './policy.ts'
import { whatRuns } from './what-runs.ts'
import { nextWindow } from './window.ts'

const refreshSeconds = 30

/** @param fleet its stations alone, the troubled first. */
export function procedurePage(
  procedure: ProcedureRecord,
  { fleet, charts }: { fleet: FleetView; charts: PageChart[] },
  frame: PageFrame,
): string {
  return pageDocument({
    title: `${procedure.name} · procedure`,
    body: html`<main id="content" data-refresh-seconds="${refreshSeconds}">
${procedureHeading(procedure, frame)}
${nextWindow(procedure)}
${procedureBuilds(procedure, frame)}
${whatRuns(fleet, frame)}
<section class="charts" id="charts"><h2>Over time</h2>${chartGrid(charts)}</section>
${procedurePast(procedure, frame)}
${procedurePolicy(procedure)}
</main>
<footer><p data-live>Times are UTC.<noscript> Reload the page to see what changed.</noscript></p></footer>`,
    frame,
    script: true,
  })
}
