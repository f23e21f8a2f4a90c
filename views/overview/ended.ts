// The rollouts that ended last.
import type { Overview } from '../../server/domain/overview.ts'
import type { RolloutLine } from '../../server/domain/rollout-view.ts'
import { minutes } from '../format/duration.ts'
import { time } from '../format/instant.ts'
import { procedureLink, rolloutLink } from '../format/links.ts'
import { absent } from '../format/rate.ts'
import { reason } from '../format/reason.ts'
import { actorName, capitalised } from '../format/words.ts'
import { type Html, html } from '../html.ts'
import type { PageFrame } from '../page-document.ts'

export function endedRollouts({ ended }: Overview, frame: PageFrame): Html {
  return html`<section data-part="ended">
<h2>Ended last</h2>
${
  ended.length === 0
    ? html`<p class="empty">No rollout has ended yet.</p>`
    : html`<table class="stacked"><thead><tr><th scope="col">Rollout</th><th scope="col">Outcome</th><th scope="col">Last decision</th><th scope="col">Ended</th><th scope="col">Took</th></tr></thead>
<tbody>${ended.map((each) => row(each, frame))}</tbody></table>
<p class="quiet"><a href="${frame.base}/history">All of them</a></p>`
}
</section>`
}

function row(line: RolloutLine, frame: PageFrame): Html {
  const { id, procedure, deployment, status, lastDecision, startedAt, endedAt } = line
  return html`<tr>
<th scope="row">${procedureLink(frame, procedure)} ${rolloutLink(frame, id, deployment.version)}</th>
<td data-label="Outcome">${status === 'completed' ? capitalised(status) : html`<strong class="alert">${capitalised(status)}</strong>`}</td>
<td data-label="Last decision">${capitalised(lastDecision.what)} by ${actorName(lastDecision.by)}${reason(lastDecision.by, lastDecision.why)}</td>
<td data-label="Ended">${endedAt === null ? absent : time(endedAt)}</td>
<td data-label="Took">${startedAt === null || endedAt === null ? absent : minutes((endedAt - startedAt) / 60_000)}</td>
</tr>`
}
