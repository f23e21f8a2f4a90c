// A plan and gates run over stored history, and stored measurements judged again by new limits.
import type { KeptReplay, Replays } from '../../server/domain/backtest/kept-replay.ts'
import type { ReplayAsked } from '../../server/domain/backtest/replay-asked.ts'
import type { Refusal } from '../../server/domain/rollout/commands.ts'
import { time } from '../format/instant.ts'
import { procedureLink } from '../format/links.ts'
import { roundPercent } from '../format/rate.ts'
import { type Html, html } from '../html.ts'
import { type PageFrame, pageDocument } from '../page-document.ts'
import { past } from './past.ts'
import { type Predicted, predicted } from './predicted.ts'
import { askedText, replayForm } from './replay-form.ts'
import { type FoundChart, report } from './report.ts'

export type ReplayPage = Replays & {
  procedure: { id: string; name: string }
  /** What the form stands at. */
  asked: ReplayAsked
  /** What was asked for could not be begun. */
  refused: Refusal | null
  chart: FoundChart | null
  predicted: Predicted
}

export function replayPage(page: ReplayPage, frame: PageFrame): string {
  const { procedure, asked, open, ended, refused } = page
  const own = `${frame.base}/procedures/${encodeURIComponent(procedure.id)}`
  return pageDocument({
    title: `Replay · ${procedure.name}`,
    frame,
    script: true,
    place: 'history',
    body: html`<main id="content">
<p class="quiet"><a href="${frame.base}/history?procedure=${procedure.id}">History</a> · ${procedureLink(frame, procedure)} · <a href="${own}/learning">Learning</a></p>
<h1>Replay over stored history</h1>
<p class="quiet">Rollouts that never were: random starts and canaries in the past, in which no build changed. How often would the gates have stopped them for nothing, how long does each stage take, and how small a drop would they have seen?</p>
${replayForm(asked, { action: `${own}/replay`, formToken: frame.formToken, isBusy: open !== null })}
${refused && html`<p class="alert" role="alert">It was not begun: ${refused.why}. ${refused.next}</p>`}
${open && underWay(open)}
${ended ? found(ended, page, frame.base) : !open && html`<p class="empty">Nothing has been replayed yet. It takes some seconds for a small line, and minutes for a large one; this page shows what is found, also to whoever comes later.</p>`}
${predicted(page.predicted, `${own}/replay`)}
</main>`,
  })
}

/** The page is asked for again every few seconds, by the header of its answer. */
function underWay({ asked, progress, by, startedAt }: KeptReplay): Html {
  return html`<section aria-live="polite"><h2>Under way</h2>
<p><progress value="${progress.toFixed(2)}" max="1"></progress> ${roundPercent(progress)} of ${askedText(asked)}. ${by.name} began it ${time(startedAt)}.</p></section>`
}

function found(ended: KeptReplay, { chart }: ReplayPage, base: string): Html {
  const { asked, by, endedAt, result, failedWhy } = ended
  return html`<section><h2>What was found</h2>
<p class="quiet">By ${askedText(asked)}; asked by ${by.name}${endedAt !== null && html`, ${time(endedAt)}`}.</p>
${failedWhy !== null && html`<p class="alert">It failed: ${failedWhy}</p>`}
${result && report(result, chart)}
</section>
${result && past(result, base)}`
}
