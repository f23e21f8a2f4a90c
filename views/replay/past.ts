// Past rollouts: what really happened, beside what the asked gates would have decided.
import type { PastDecision, ReplayResult } from '../../server/domain/backtest/replay-result.ts'
import { count, counted } from '../format/count.ts'
import { time } from '../format/instant.ts'
import { span } from '../format/spans.ts'
import { gateWord } from '../format/words.ts'
import { type Html, html } from '../html.ts'

export function past({ past: all, pastLeftOut }: ReplayResult, base: string): Html {
  return html`<section><h2>Past rollouts, judged again</h2>
${
  all.length === 0
    ? html`<p class="empty">${pastLeftOut > 0 ? 'No past rollout could be judged again.' : 'No rollout of this procedure has ended yet.'}</p>`
    : html`<table class="sortable stacked">
<thead><tr><th scope="col">Started</th><th scope="col">Build</th><th scope="col">What happened</th><th scope="col">First breach</th><th scope="col">Asked gates would have stopped it</th><th scope="col" class="number">First attempts</th></tr></thead>
<tbody>${all.map((each) => row(each, base))}</tbody>
</table>`
}
<p class="quiet">On the very runs that there were, with each station on the build it had. Of another plan the stations would have been others; after a stop there is nothing more to see, and every gate acts as in its stages. Conditions are not judged.${pastLeftOut > 0 && ` ${counted(pastLeftOut, 'rollout')} left out: too many stations or runs.`}</p>
</section>`
}

function row(
  { id, version, startedAt, outcome, real, asked, firstAttempts }: PastDecision,
  base: string,
): Html {
  return html`<tr>
<th scope="row" data-value="${startedAt}"><a href="${base}/rollouts/${id}">${time(startedAt)}</a></th>
<td data-label="Build">${version}</td>
<td data-label="What happened">${outcome}</td>
<td data-label="First breach" data-value="${real ? real.at - startedAt : ''}">${real ? html`after ${span(real.at - startedAt)}<small>${real.gates.map(gateWord).join(', ')}</small>` : 'none'}</td>
<td data-label="Asked gates" data-value="${asked ? asked.at - startedAt : ''}">${asked ? html`after ${span(asked.at - startedAt)}<small>${asked.gates.map(gateWord).join(', ')}</small>` : 'not on these runs'}</td>
<td class="number" data-label="First attempts" data-value="${firstAttempts}">${count(firstAttempts)}</td>
</tr>`
}
