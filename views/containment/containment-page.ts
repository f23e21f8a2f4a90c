// The page of a containment list: what to do first, possible escapes apart from possible false scrap, who answered for it.
import type { ContainedUnit, Containment } from '../../server/domain/containment.ts'
import type { RolloutView } from '../../server/domain/rollout-view.ts'
import { count, counted } from '../format/count.ts'
import { time } from '../format/instant.ts'
import { type Html, html } from '../html.ts'
import { type PageFrame, pageDocument } from '../page-document.ts'
import { rolloutPlaces } from '../rollout-places.ts'
import { advice, occasionSentence, signed, signOffState } from './containment-words.ts'
import { unitTable } from './unit-table.ts'

export type ShownList = {
  list: 'escapes' | 'false scrap'
  units: ContainedUnit[]
  /** How many there are beside these; null: this is a page of several, without counting. */
  moreUrl: string | null
}
export type ShownContainment = {
  list: Containment
  /** One list, or both with their first units. */
  lists: ShownList[]
  /** Units only that are open. */
  open: boolean
  urls: { both: string; escapes: string; falseScrap: string; openOnly: string; csv: string }
  /** The form that signs it off; null where the reader may not. */
  form: Html | null
}

export function containmentPage(view: RolloutView, shown: ShownContainment, frame: PageFrame): string {
  const { list, lists, urls, form } = shown
  const { counts } = list
  return pageDocument({
    title: `Containment · ${view.procedure.name} ${view.deployment.version}`,
    body: html`<main id="content" class="containment">
${rolloutPlaces(view, 'containment', frame)}
<h1>Containment <span class="version">${view.procedure.name} ${view.deployment.version}</span></h1>
<section class="banner ${tone(list)}">
<h2 class="status">${counted(counts.units, 'unit')} judged</h2>
${signOffState(list)}
${counts.units > 0 && html`<p>${advice(list)}</p>`}
</section>
${list.occasions.length > 0 && html`<section><h2>Why</h2><ul>${list.occasions.map((each) => html`<li>${occasionSentence(each)}</li>`)}</ul></section>`}
${summary(list)}
${list.deletedBefore !== null && html`<p class="troubled">Runs of before ${time(list.deletedBefore)} were deleted: units that this build judged before then are missing here, unless they were tested again since.</p>`}
${list.unattributed.runs > 0 && html`<p class="troubled">Besides, ${counted(list.unattributed.runs, 'run')} of ${counted(list.unattributed.units, 'unit')} came without a build that is known, of stations that had this one: they may have been judged by it and are not in the list.</p>`}
<p class="choices">Show <a href="${urls.both}"${lists.length > 1 && html` aria-current="true"`}>both lists</a> · <a href="${urls.escapes}"${isShown(lists, 'escapes') && html` aria-current="true"`}>possible escapes</a> · <a href="${urls.falseScrap}"${isShown(lists, 'false scrap') && html` aria-current="true"`}>possible false scrap</a> · <a href="${urls.openOnly}">${shown.open ? 'open and settled' : 'only what is open'}</a> · <a href="${urls.csv}">all as a table (CSV)</a></p>
${lists.map((each) => oneList(each, list, shown.open))}
${stations(list)}
${signOffs(list)}
${form}
<section><h2>What the list holds</h2><p class="quiet">Every unit that ${list.build.version} has judged since ${list.from === null ? 'the start of the rollout' : time(list.from)}${list.until !== null && html` until ${time(list.until)}, when another rollout of the same build began`}, on any station and also after an abort, once, with the last verdict: the one it was shipped or scrapped on. Left out are reference samples, shadow runs and runs that a person stopped. A unit is confirmed by its latest later run that passed or failed on another build which was not itself taken back; a run that broke off settles nothing.</p></section>
</main>
<footer><p>Times are UTC.</p></footer>`,
    frame,
    script: true,
  })
}

function tone({ state }: Containment): string {
  return state === 'open' || state === 'changed' ? 'breached' : state === 'signed off' ? 'completed' : ''
}

function isShown(lists: ShownList[], list: ShownList['list']): boolean {
  return lists.length === 1 && lists[0]?.list === list
}

function summary({ counts }: Containment): Html {
  const row = (name: string, handled: Containment['counts']['escapes'], more: Html | null = null) =>
    html`<tr><th scope="row">${name}${more}</th><td class="number" data-label="Units">${count(handled.units)}</td><td class="number" data-label="Open">${count(handled.open)}</td><td class="number" data-label="Confirmed good">${count(handled.confirmedGood)}</td><td class="number" data-label="Confirmed bad">${count(handled.confirmedBad)}</td></tr>`
  const { failed, errors, timeouts } = counts.falseScrap
  return html`<section><h2>In brief</h2>
<table class="handled stacked">
<thead><tr><th scope="col">Last verdict of the build</th><th scope="col" class="number">Units</th><th scope="col" class="number">Open</th><th scope="col" class="number">Confirmed good</th><th scope="col" class="number">Confirmed bad</th></tr></thead>
<tbody>${row('Passed: possible escapes', counts.escapes)}${row('Failed or broke off: possible false scrap', counts.falseScrap, html` <small>${count(failed)} failed, ${count(errors)} errors, ${count(timeouts)} timeouts</small>`)}</tbody>
</table></section>`
}

function oneList({ list, units, moreUrl }: ShownList, { counts }: Containment, open: boolean): Html {
  const isEscapes = list === 'escapes'
  const title = isEscapes ? 'Possible escapes: passed' : 'Possible false scrap: failed or broke off'
  const of = isEscapes ? counts.escapes : counts.falseScrap
  const shown = units.length
  return html`<section>
<h2>${title}</h2>
<p class="quiet">${count(open ? of.open : of.units)} ${open ? 'open' : 'in all'}, newest first${moreUrl !== null && html`; ${count(shown)} shown here`}.</p>
${unitTable(units, title)}
${moreUrl !== null && html`<p><a href="${moreUrl}">The next ones</a></p>`}
</section>`
}

function stations({ counts }: Containment): Html | null {
  if (counts.stations.length === 0) return null
  const more = counts.stationCount - counts.stations.length
  return html`<section><h2>Where</h2>
<table class="sortable stacked">
<thead><tr><th scope="col">Station</th><th scope="col" class="number">Passed</th><th scope="col" class="number">Failed or broke off</th><th scope="col">First</th><th scope="col">Last</th></tr></thead>
<tbody>${counts.stations.map(
    ({ name, passed, failed, firstAt, lastAt }) =>
      html`<tr><th scope="row">${name}</th><td class="number" data-label="Passed" data-value="${passed}">${count(passed)}</td><td class="number" data-label="Failed" data-value="${failed}">${count(failed)}</td><td data-label="First" data-value="${firstAt}">${time(firstAt)}</td><td data-label="Last" data-value="${lastAt}">${time(lastAt)}</td></tr>`,
  )}</tbody>
</table>${more > 0 && html`<p class="quiet">and ${counted(more, 'more station')}: the table of all units has them.</p>`}</section>`
}

function signOffs({ signOffs: all }: Containment): Html | null {
  if (all.length === 0) return null
  return html`<section><h2>Signed off by</h2><ul class="sign-offs">${all.map((each) => html`<li>${signed(each)} <small>list <code>${each.digest.slice(0, 12)}</code></small></li>`)}</ul></section>`
}
