// All rollouts, found by what they were about and how they ended.
import type { HistoryRow } from '../../server/domain/learning/history-row.ts'
import { count, counted } from '../format/count.ts'
import { time } from '../format/instant.ts'
import { procedureLink } from '../format/links.ts'
import { reason } from '../format/reason.ts'
import { span } from '../format/spans.ts'
import { gateWord } from '../format/words.ts'
import { type Html, html } from '../html.ts'
import { type PageFrame, pageDocument } from '../page-document.ts'
import { type Choices, type HistoryAsked, historyForm } from './history-form.ts'

export type HistoryPage = {
  rows: HistoryRow[]
  total: number
  offset: number
  limit: number
  asked: HistoryAsked
  choices: Choices
}

export function historyPage(page: HistoryPage, frame: PageFrame): string {
  const { asked, choices, rows, total } = page
  const chosen = choices.procedures.find(({ id }) => id === asked.procedure)
  const isFiltered = Object.values(asked).some((value) => value !== '')
  return pageDocument({
    title: 'History',
    frame,
    script: true,
    place: 'history',
    body: html`<main id="content">
<h1>History</h1>
${historyForm(asked, choices, frame.base)}
<p class="quiet">${counted(total, 'rollout')}${isFiltered && ' found'}.${chosen !== undefined && html` What those of ${chosen.name} have taught: <a href="${frame.base}/procedures/${chosen.id}/learning">learning</a>. What other gates would have decided: <a href="${frame.base}/procedures/${chosen.id}/replay">replay</a>.`}</p>
${rows.length === 0 ? nothing(isFiltered, frame.base) : table(rows, frame)}
${pager(page, frame.base)}
${!chosen && lessons(choices, frame.base)}
</main>`,
  })
}

function nothing(isFiltered: boolean, base: string): Html {
  return isFiltered
    ? html`<p class="empty">No rollout is like that. <a href="${base}/history">Show all of them</a>, or ask for less.</p>`
    : html`<p class="empty">Nothing has been rolled out yet. The first rollout is started in Slack with <code>/rollout start</code>.</p>`
}

function table(rows: HistoryRow[], frame: PageFrame): Html {
  return html`<table class="sortable stacked history">
<thead><tr><th scope="col">Created</th><th scope="col">Procedure</th><th scope="col">Build</th><th scope="col">Outcome</th><th scope="col">Reached</th><th scope="col" class="number">Alarms</th><th scope="col">Started by</th><th scope="col">Last decided by</th></tr></thead>
<tbody>${rows.map((row) => line(row, frame))}</tbody>
</table>`
}

function line(row: HistoryRow, frame: PageFrame): Html {
  const { decided } = row
  const lasted = row.startedAt === null ? null : Math.max(0, decided.at - row.startedAt)
  return html`<tr>
<th scope="row" data-value="${row.createdAt}"><a href="${frame.base}/rollouts/${row.id}">${time(row.createdAt)}</a></th>
<td data-label="Procedure">${procedureLink(frame, row.procedure)}</td>
<td data-label="Build">${row.version}<small>after ${row.base}${row.labels.length > 0 && `; ${row.labels.join(', ')}`}</small></td>
<td data-label="Outcome"><strong>${row.outcome}</strong></td>
<td data-label="Reached" data-value="${row.stageIndex}">${row.stageIndex < 0 ? 'not started' : `stage ${row.stageIndex + 1} of ${row.stageCount}`}</td>
<td class="number" data-label="Alarms" data-value="${row.alarms}">${row.alarms === 0 ? '–' : count(row.alarms)}${row.alarms > 0 && html`<small>${row.alarmedGates.map(gateWord).join(', ')}</small>`}</td>
<td data-label="Started by">${row.owner.name}</td>
<td data-label="Last decided by" data-value="${decided.at}">${decided.by.name}${reason(decided.by, decided.why)}<small>${time(decided.at)}${lasted !== null && `, after ${span(lasted)}`}</small></td>
</tr>`
}

function pager({ total, offset, limit, asked }: HistoryPage, base: string): Html {
  if (total <= limit && offset === 0) return html``
  const at = (place: number) =>
    `${base}/history?${new URLSearchParams({ ...asked, offset: String(Math.max(0, place)) })}`
  const last = Math.min(offset + limit, total)
  return html`<nav class="pager" aria-label="Pages of the history">
${offset > 0 && html`<a rel="prev" href="${at(offset - limit)}">Newer</a>`}
<span>${last === 0 ? 'none' : `${count(Math.min(offset + 1, total))}–${count(last)}`} of ${count(total)}</span>
${last < total && html`<a rel="next" href="${at(offset + limit)}">Older</a>`}
</nav>`
}

const mostLessons = 60

function lessons({ procedures }: Choices, base: string): Html {
  if (procedures.length === 0) return html``
  return html`<section><h2>What has been learned</h2>
<ul class="columns">${procedures
    .slice(0, mostLessons)
    .map(({ id, name }) => html`<li><a href="${base}/procedures/${id}/learning">${name}</a></li>`)}</ul>
${procedures.length > mostLessons && html`<p class="quiet">Choose one of the ${count(procedures.length - mostLessons)} others above.</p>`}
</section>`
}
