// What the rollouts of one procedure have taught.
import type { Learning } from '../../server/domain/learning/learning.ts'
import { count, counted } from '../format/count.ts'
import { time } from '../format/instant.ts'
import { procedureLink } from '../format/links.ts'
import { type Html, html } from '../html.ts'
import { type PageFrame, pageDocument } from '../page-document.ts'
import { gates } from './gates.ts'
import { inBrief } from './in-brief.ts'
import { labelGates } from './label-gates.ts'
import { outcomes } from './outcomes.ts'

/** `from`, `to`: as they stand in the form; empty where nothing was asked for. */
export type LearningPage = {
  procedure: { id: string; name: string }
  found: Learning
  asked: { from: string; to: string }
}

export function learningPage({ procedure, found, asked }: LearningPage, frame: PageFrame): string {
  const own = `${frame.base}/procedures/${encodeURIComponent(procedure.id)}`
  const same = `?${new URLSearchParams(asked)}`
  return pageDocument({
    title: `Learning · ${procedure.name}`,
    frame,
    script: true,
    place: 'history',
    body: html`<main id="content">
<p class="quiet"><a href="${frame.base}/history?procedure=${procedure.id}">History</a> · ${procedureLink(frame, procedure)} · <a href="${own}/replay">Replay</a></p>
<h1>What its rollouts have taught</h1>
<form class="filters" method="get" action="${own}/learning">
<label>From <input type="date" name="from" value="${asked.from}"></label>
<label>To <input type="date" name="to" value="${asked.to}"></label>
<button type="submit">Show</button>
</form>
<p class="quiet">${counted(found.all.rollouts, 'rollout')} created ${time(found.from)} to ${time(found.to)}${found.leftOut > 0 && `, the newest; ${count(found.leftOut)} older ones were not read`}. <a href="${own}/learning.json${same}">data</a> <a href="${own}/learning.csv${same}">table</a></p>
${found.all.rollouts === 0 ? nothing() : sections(found)}
</main>`,
  })
}

function nothing(): Html {
  return html`<p class="empty">No rollout of this procedure began in that time. Start one in Slack with <code>/rollout start</code>, or look at a longer time.</p>`
}

function sections(found: Learning): Html {
  return html`${inBrief(found)}
${labelGates(found.labelGates)}
${gates(found)}
${outcomes('By what the change was about', 'Label', 'no label', found.labels)}
${outcomes('By site', 'Site', 'no station was taken', found.sites)}
${words()}`
}

function words(): Html {
  return html`<section><details><summary>How this is counted</summary>
<dl class="words">
<dt>Taken back</dt><dd>Aborted by a person, rolled back by a gate, or rolled back after completion; of all rollouts that were either taken back or stayed. Superseded and live ones are no part of it. A rollout with two labels, or at two sites, counts for both.</dd>
<dt>Alarm</dt><dd>A breach that opened and could stop the rollout. One whose gate only observed stands apart.</dd>
<dt>Confirmed</dt><dd>The rollout was aborted or rolled back while the breach was open; or it completed and was rolled back later; or units tested on both builds proved it.</dd>
<dt>False</dt><dd>A person acknowledged it with a reason, and the rollout completed and stayed. Of a gate that only observes: the rollout completed and stayed.</dd>
<dt>Missed</dt><dd>The rollout completed, and then its watch alarmed, or it was rolled back after the gate had only observed a breach, without an alarm that could have stopped it.</dd>
<dt>Failures prevented</dt><dd>The measured excess of failed first attempts, times the first attempts of all stations from the first exposure to the first breach, less those on the new build. Its bounds are those of the excess, which hold at any look; sums by Zou and Donner (2008). Counts are by the hour.</dd>
<dt>Intervals</dt><dd>95 %, by Wilson’s score, for one look. “Few” are fewer than ten.</dd>
</dl></details></section>`
}
