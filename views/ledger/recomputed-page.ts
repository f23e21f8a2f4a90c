// The page of one verdict, computed again: whether every number came out the same, and the stored runs too.
import type { RecomputedVerdict, Recount } from '../../server/domain/ledger.ts'
import type { RolloutView } from '../../server/domain/rollout-view.ts'
import { count, counted } from '../format/count.ts'
import { time } from '../format/instant.ts'
import { verdictWords } from '../format/words.ts'
import { type Html, html } from '../html.ts'
import { type PageFrame, pageDocument } from '../page-document.ts'
import { rolloutPlaces } from '../rollout-places.ts'
import { seenGates } from './seen-gates.ts'

const outcomeTitles: Record<RecomputedVerdict['outcome'], string> = {
  'the same': 'It comes out the same',
  differs: 'It does not come out the same',
  'another engine': 'It was made by another engine',
  'no inputs': 'It cannot be computed again',
}
const mostDifferences = 100

export function recomputedPage(view: RolloutView, found: RecomputedVerdict, frame: PageFrame): string {
  const { outcome, recorded, recomputed: today, at } = found
  const tone =
    outcome === 'the same' && found.isWhole
      ? 'completed'
      : outcome === 'differs' || found.isWhole === false
        ? 'breached'
        : ''
  return pageDocument({
    title: `Verdict computed again · ${view.procedure.name} ${view.deployment.version}`,
    body: html`<main id="content" class="ledger-page">
${rolloutPlaces(view, 'ledger', frame)}
<h1>Verdict of ${time(at)} <span class="version">${view.procedure.name} ${view.deployment.version}</span></h1>
<section class="banner ${tone}"><h2 class="status">${outcomeTitles[outcome]}</h2>
<p>${explained(found)}</p>
${found.isWhole !== null && html`<p>${found.isWhole ? 'The verdict and what it was computed from are as they were written: their digest fits.' : 'The verdict, or what it was computed from, was changed after it was written: their digest does not fit.'}</p>`}
</section>
${differences(found)}
<section><h2>As it was recorded: ${verdictWords[recorded.overall]}</h2>${seenGates(recorded)}</section>
${outcome === 'another engine' && today !== null && html`<section><h2>What today’s engine says of the same: ${verdictWords[today.overall]}</h2>${seenGates(today)}</section>`}
${found.recount !== null && recounted(found.recount)}
</main>
<footer><p>Times are UTC.</p></footer>`,
    frame,
    script: true,
  })
}

function explained({ outcome, differences: found, engine }: RecomputedVerdict): string {
  switch (outcome) {
    case 'the same':
      return `Computed again from what was kept with it, by ${engine.now}: every number is the one on record.`
    case 'differs':
      return `Computed again from what was kept with it, by ${engine.now}: ${counted(found.length, 'value')} came out otherwise.`
    case 'another engine':
      return `It was made by ${engine.recorded}; today’s is ${engine.now}. What today’s says is no check of the record.`
    case 'no inputs':
      return 'It is from before verdicts were kept with what they were computed from.'
  }
}

function differences({ outcome, differences: all }: RecomputedVerdict): Html | null {
  if (outcome !== 'differs') return null
  const more = all.length - mostDifferences
  return html`<section><h2>What differs</h2><table class="stacked">
<thead><tr><th scope="col">Value</th><th scope="col">On record</th><th scope="col">Computed again</th></tr></thead>
<tbody>${all.slice(0, mostDifferences).map(({ path, recorded, recomputed }) => html`<tr><th scope="row">${path}</th><td data-label="On record">${shown(recorded)}</td><td data-label="Computed again">${shown(recomputed)}</td></tr>`)}</tbody>
</table>${more > 0 && html`<p class="quiet">and ${count(more)} more.</p>`}</section>`
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function recounted({ outcome, lateRuns, differences: all, differing }: Recount): Html {
  const late =
    lateRuns === 0
      ? ''
      : ` ${counted(lateRuns, 'run')} of before its watermark arrived after it, and ${lateRuns === 1 ? 'is' : 'are'} not in it.`
  const words = {
    'the same': `Counted again from the stored runs that had arrived by then, every count is the one that was judged.${late}`,
    'late runs': `The stored runs give other counts.${late} A run that arrives late can take the place of a unit’s first attempt.`,
    'runs deleted':
      'The runs that it counted, or part of them, were deleted since: they cannot be counted again.',
    differs:
      'The stored runs give other counts, and no late run explains it: runs were changed, or stations were taken out of the counts since.',
  }
  const more = differing - all.length
  return html`<section><h2>The stored runs, counted again</h2>
<p${outcome === 'differs' && html` class="suspect"`}>${words[outcome]}</p>
${
  all.length > 0 &&
  html`<table class="stacked"><thead><tr><th scope="col">Station</th><th scope="col">Counted</th><th scope="col" class="number">Judged: bad of n</th><th scope="col" class="number">Stored: bad of n</th></tr></thead>
<tbody>${all.map(({ station, counting, judged, stored }) => html`<tr><th scope="row">${station}</th><td>${counting}</td><td class="number" data-label="Judged">${judged.bad} of ${judged.n}</td><td class="number" data-label="Stored">${stored.bad} of ${stored.n}</td></tr>`)}</tbody></table>`
}
${more > 0 && html`<p class="quiet">and ${count(more)} more.</p>`}</section>`
}
