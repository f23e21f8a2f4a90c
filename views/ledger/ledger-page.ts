// The page of the decision ledger: what was decided by whom on which evidence, newest first, with what was judged between.
import { isFact, type LedgerEntry, type LedgerVerdict } from '../../server/domain/ledger.ts'
import type { RolloutView } from '../../server/domain/rollout-view.ts'
import { counted } from '../format/count.ts'
import { time, withTimes } from '../format/instant.ts'
import { reason } from '../format/reason.ts'
import { actorName, capitalised, verdictWords } from '../format/words.ts'
import { type Html, html } from '../html.ts'
import { type PageFrame, pageDocument } from '../page-document.ts'
import { eventSentence, type RecordedEvent } from '../rollout/event-sentence.ts'
import { rolloutPlaces } from '../rollout-places.ts'
import { seenGates } from './seen-gates.ts'

export type ShownLedger = {
  entries: LedgerEntry[]
  /** By their sequence. */
  events: Map<number, RecordedEvent>
  /** Decisions, and what stations did and gates said between them; else decisions alone. */
  isWhole: boolean
  address: string
  moreUrl: string | null
  csvUrl: string
  verdictUrl: (id: number) => string
}

export function ledgerPage(view: RolloutView, shown: ShownLedger, frame: PageFrame): string {
  const { entries, isWhole, address, moreUrl, csvUrl } = shown
  const whole = withGates(entries)
  return pageDocument({
    title: `Ledger · ${view.procedure.name} ${view.deployment.version}`,
    body: html`<main id="content" class="ledger-page">
${rolloutPlaces(view, 'ledger', frame)}
<h1>Decision ledger <span class="version">${view.procedure.name} ${view.deployment.version}</span></h1>
<p class="quiet">${isWhole ? 'Every event and every verdict on record' : 'Every decision with the evidence that it saw'}, newest first. Each verdict is kept with what it was computed from, and can be computed again.</p>
<p>Show ${choice('decisions', address, !isWhole)} · ${choice('everything on record', `${address}?show=everything`, isWhole)} · <a href="${csvUrl}">all as a table (CSV)</a></p>
${entries.length === 0 && html`<p class="empty">Nothing happened yet.</p>`}
<ol class="ledger">${stretches(entries).map((each) => stretch(each, view, shown, whole))}</ol>
${moreUrl !== null && html`<p><a href="${moreUrl}">Earlier entries</a></p>`}
</main>
<footer><p>Times are UTC.</p></footer>`,
    frame,
    script: true,
  })
}

function choice(name: string, url: string, isShown: boolean): Html {
  return isShown ? html`<strong aria-current="true">${name}</strong>` : html`<a href="${url}">${name}</a>`
}

/** Of all gates together; the others are a link away, so that the page stays light with a plan of twenty gates too. */
const mostRows = 200

/** The decisions, newest first, whose gates are shown with them. */
function withGates(entries: LedgerEntry[]): Set<LedgerEntry> {
  let rows = 0
  const decisions = entries.filter((entry) => entry.sequence !== null && entry.verdict !== null)
  return new Set(
    decisions.filter(({ verdict }) => {
      rows += verdict?.gates.length ?? 0
      return rows <= mostRows
    }),
  )
}

type Stretch = { kind: 'decision' | 'verdicts' | 'facts'; entries: LedgerEntry[] }

/** What stations did and what was judged between two decisions stands together, and is opened when it is wanted. */
function stretches(entries: LedgerEntry[]): Stretch[] {
  const found: Stretch[] = []
  for (const entry of entries) {
    const kind = entry.sequence === null ? 'verdicts' : isFact(entry) ? 'facts' : 'decision'
    const last = found.at(-1)
    if (last && kind !== 'decision' && last.kind === kind) last.entries.push(entry)
    else found.push({ kind, entries: [entry] })
  }
  return found
}

function stretch(
  { kind, entries }: Stretch,
  view: RolloutView,
  shown: ShownLedger,
  whole: Set<LedgerEntry>,
): Html {
  const [first] = entries
  if (kind === 'decision' && first) return decision(first, view, shown, whole.has(first))
  const what = counted(entries.length, kind === 'verdicts' ? 'verdict' : 'word')
  const of = kind === 'verdicts' ? 'in between' : 'of stations'
  return html`<li class="between"><details><summary>${what} ${of}${first === undefined ? null : html`, up to ${time(first.at)}`}</summary>
<ul>${entries.map((each) => html`<li>${time(each.at)} ${kind === 'verdicts' ? verdictLine(each.verdict, shown) : sentenceOf(each, view, shown)}</li>`)}</ul></details></li>`
}

function decision(entry: LedgerEntry, view: RolloutView, shown: ShownLedger, isWhole: boolean): Html {
  const { at, by, version, verdict, override, why, chained } = entry
  return html`<li${by.kind === 'person' && html` class="by-person"`}>
<p class="what"><strong>${sentenceOf(entry, view, shown)}</strong>${reason(by, why)}</p>
<p class="who">${actorName(by)}, ${time(at)}${version !== null && html`, version ${version}`}, <span title="${chained.hash}">entry ${chained.entry} of the record, ${chained.hash.slice(0, 12)}</span></p>
${override.length > 0 && html`<p class="suspect">Overriding: ${override.map((each) => html`<span>${withTimes(each)}; </span>`)}</p>`}
${gatesOf(verdict, shown, isWhole)}
</li>`
}

function gatesOf(verdict: LedgerVerdict | null, shown: ShownLedger, isWhole: boolean): Html | null {
  if (verdict === null) return null
  if (!isWhole) return html`<p>What the gates showed: ${verdictLine(verdict, shown)}</p>`
  return html`<details><summary>What the gates showed: ${verdictWords[verdict.overall]}</summary>${seenGates(verdict)}<p>${verdictLine(verdict, shown)}</p></details>`
}

function sentenceOf({ sequence, type }: LedgerEntry, view: RolloutView, { events }: ShownLedger): string {
  const event = sequence === null ? undefined : events.get(sequence)
  return event === undefined ? type : capitalised(eventSentence(event, view).what)
}

function verdictLine(verdict: LedgerVerdict | null, { verdictUrl }: ShownLedger): Html | null {
  if (verdict === null) return null
  const again = verdict.canRecompute ? 'compute it again' : 'look at it'
  return html`<span class="word ${verdict.overall.replace(' ', '-')}">${verdictWords[verdict.overall]}</span> by ${verdict.engine}: <a href="${verdictUrl(verdict.id)}" rel="nofollow">${again}</a>`
}
