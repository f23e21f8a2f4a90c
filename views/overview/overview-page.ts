// All rollouts at a glance, for a desk and for a wall: what is live, what asks for a person, what has ended.
import type { Overview } from '../../server/domain/overview.ts'
import { html } from '../html.ts'
import { type PageFrame, pageDocument } from '../page-document.ts'
import { asks } from './asks.ts'
import { endedRollouts } from './ended.ts'
import { liveRollouts } from './live.ts'
import { procedureList } from './procedures.ts'

const refreshSeconds = 10

export function overviewPage(overview: Overview, frame: PageFrame): string {
  const open = overview.asks.length + overview.moreAsks
  return pageDocument({
    title: open === 0 ? 'Rollouts' : `(${open}) Rollouts`,
    body: html`<main id="content" class="overview" data-refresh-seconds="${refreshSeconds}">
<header class="heading"><h1>Rollouts</h1></header>
${liveRollouts(overview, frame)}
${asks(overview, frame)}
${endedRollouts(overview, frame)}
${procedureList(overview, frame)}
</main>
<footer><p data-live>Times are UTC.<noscript> Reload the page to see what changed.</noscript></p></footer>`,
    frame,
    script: true,
    place: 'overview',
  })
}
