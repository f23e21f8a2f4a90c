// Its rollouts, and how each came out.
import type { BuildDetail } from '../../server/domain/build-detail.ts'
import type { RolloutOfBuild } from '../../server/domain/build-record.ts'
import { minutes } from '../format/duration.ts'
import { time } from '../format/instant.ts'
import { rolloutLink } from '../format/links.ts'
import { absent } from '../format/rate.ts'
import { actorName, capitalised } from '../format/words.ts'
import { type Content, type Html, html } from '../html.ts'
import type { PageFrame } from '../page-document.ts'

export function buildRollouts({ rollouts }: BuildDetail, frame: PageFrame): Html {
  return html`<section data-part="rollouts">
<h2>Its rollouts</h2>
${
  rollouts.length === 0
    ? html`<p class="empty">It has not been rolled out. Start it in Slack with <code>/rollout start</code>.</p>`
    : html`<table class="stacked"><thead><tr><th scope="col">Outcome</th><th scope="col">Started by</th><th scope="col">Why</th><th scope="col">Started</th><th scope="col">Took</th></tr></thead>
<tbody>${rollouts.map((each) => row(each, frame))}</tbody></table>`
}
</section>`
}

function row(each: RolloutOfBuild, frame: PageFrame): Html {
  const { id, status, by, reason, createdAt, startedAt } = each
  return html`<tr>
<th scope="row">${rolloutLink(frame, id, capitalised(status))}${how(each)}</th>
<td data-label="Started by">${actorName(by)}</td>
<td data-label="Why">${reason !== null && html`<q>${reason}</q>`}</td>
<td data-label="Started">${time(startedAt ?? createdAt)}${startedAt === null && html`<small>created, not started</small>`}</td>
<td data-label="Took">${took(each)}</td>
</tr>`
}

function how({ abort }: RolloutOfBuild): Content {
  return abort && html`<small>by ${actorName(abort.by)}, ${time(abort.at)}: <q>${abort.why}</q></small>`
}

function took({ startedAt, completedAt, abort }: RolloutOfBuild): string {
  const end = completedAt ?? abort?.at ?? null
  return startedAt === null || end === null ? absent : minutes((end - startedAt) / 60_000)
}
