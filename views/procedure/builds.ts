// Its builds in the registry, newest first.
import type { BuildOfProcedure, ProcedureRecord } from '../../server/domain/procedure-record.ts'
import { count } from '../format/count.ts'
import { time } from '../format/instant.ts'
import { buildLink } from '../format/links.ts'
import { actorName } from '../format/words.ts'
import { type Content, type Html, html } from '../html.ts'
import type { PageFrame } from '../page-document.ts'
import { shortSha } from '../rollout/heading.ts'

/** Without opening the rest, as many as fit a screen. */
const shownAtOnce = 12

export function procedureBuilds({ builds, buildCount }: ProcedureRecord, frame: PageFrame): Html {
  const later = builds.slice(shownAtOnce)
  return html`<section data-part="builds">
<h2>Builds</h2>
${
  builds.length === 0
    ? html`<p class="empty">No build is registered. Register one with <code>firstpass deploy</code>, with <code>POST /api/v1/deployments</code>, or by a webhook of its repository.</p>`
    : html`${table(builds.slice(0, shownAtOnce), frame)}
${later.length > 0 && html`<details data-keep="builds"><summary>${later.length} older ones</summary>${table(later, frame)}</details>`}
${buildCount > builds.length && html`<p class="quiet">${count(builds.length)} of ${count(buildCount)} are shown.</p>`}`
}
</section>`
}

function table(builds: BuildOfProcedure[], frame: PageFrame): Html {
  return html`<table class="sortable stacked builds">
<thead><tr><th scope="col">Version</th><th scope="col">It is</th><th scope="col">Commit</th><th scope="col">Author</th><th scope="col">Labels</th><th scope="col">Registered</th></tr></thead>
<tbody>${builds.map((each) => row(each, frame))}</tbody>
</table>`
}

function row(build: BuildOfProcedure, frame: PageFrame): Html {
  const { sha, message, author, labels, createdAt, environment } = build
  return html`<tr>
<th scope="row">${buildLink(frame, build)}</th>
<td data-label="It is">${standing(build)}${environment !== 'production' && html`<small>${environment} build</small>`}</td>
<td data-label="Commit"><code>${shortSha(sha)}</code> <bdi>${cut(message)}</bdi></td>
<td data-label="Author">${author}</td>
<td data-label="Labels">${labels.join(', ')}</td>
<td data-label="Registered" data-value="${createdAt}">${time(createdAt)}</td>
</tr>`
}

function standing({
  isActive,
  isFormer,
  isKnownGood,
  aborted,
  status,
  notEligible,
}: BuildOfProcedure): Content {
  if (isActive) return html`<strong>active</strong>`
  if (aborted)
    return html`<strong class="alert">aborted</strong> ${time(aborted.at)}<small>${actorName(aborted.by)}: <q>${aborted.why}</q></small>`
  if (isFormer) return html`the former one<small>a rollback goes to it</small>`
  if (isKnownGood) return html`known good<small>once ran everywhere</small>`
  if (status === 'failed') return html`<strong class="alert">failed to build</strong>`
  return html`${status}${notEligible !== null && status === 'ready' && html`<small>${notEligible}</small>`}`
}

function cut(message: string): string {
  const [line = ''] = message.split('\n', 1)
  return line.length > 120 ? `${line.slice(0, 119).toWellFormed()}…` : line
}
