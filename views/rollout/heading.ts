// What is rolled out: the procedure, the build, who made it, and what it replaces.
import type { RolloutView } from '../../server/domain/rollout-view.ts'
import { time } from '../format/instant.ts'
import { buildLink, procedureLink } from '../format/links.ts'
import { points } from '../format/rate.ts'
import { reason } from '../format/reason.ts'
import { actorName } from '../format/words.ts'
import { type Html, html } from '../html.ts'
import type { PageFrame } from '../page-document.ts'

export function heading(view: RolloutView, frame: PageFrame): Html {
  const { deployment, base } = view
  return html`<header class="heading" data-part="heading">
<h1><span class="procedure">${procedureLink(frame, view.procedure)}</span> <span class="version">${buildLink(frame, deployment)}</span></h1>
<p class="message"><code>${shortSha(deployment.sha)}</code> <bdi>${firstLine(deployment.message)}</bdi></p>
<p class="origin">by ${deployment.author}${branch(deployment.branch)}, replaces <strong>${buildLink(frame, base)}</strong> <code>${shortSha(base.sha)}</code></p>
<p class="origin">Rollout owned by ${actorName(view.owner)}, ${view.preset} plan, created ${time(view.createdAt)}${reason(view.owner, view.reason)}${view.retryOf !== null && html`. A retry of rollout <code>${view.retryOf.slice(0, 8)}</code>`}</p>
${expected(view)}
</header>`
}

/** Declared before the start: a drop that was meant is not taken for a fault. */
function expected({ expectation, expectedYieldChange }: RolloutView): Html | null {
  const change = expectedYieldChange === 0 ? null : `${points(expectedYieldChange)} of first-pass yield`
  const words = expectation === null || expectation === '' ? null : html`<q>${expectation}</q>`
  if (change === null && words === null) return null
  return html`<p class="origin">Expected of it: ${change}${change !== null && words !== null && ', '}${words}</p>`
}

export function shortSha(sha: string): string {
  return sha.slice(0, 7)
}

function branch(name: string | null): Html | null {
  return name === null ? null : html` on <code>${name}</code>`
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0] ?? ''
}
