// Containment in brief on the page of a rollout: how many units, what is open, and the way to the list.
import type { Containment } from '../../server/domain/containment.ts'
import { advice, signOffState } from '../containment/containment-words.ts'
import { count, counted } from '../format/count.ts'
import { time } from '../format/instant.ts'
import { type Html, html } from '../html.ts'

/** @param url of the list. */
export function containment(list: Containment | null, url: string): Html | null {
  if (list === null) return null
  const { units, escapes, falseScrap, firstAt, retested } = list.counts
  const since = firstAt === null ? null : html`, since ${time(firstAt)}`
  return html`<section data-part="containment">
<h2>Containment</h2>
<p>${counted(units, 'unit')} judged by ${list.build.version}${since}: <strong>${count(escapes.units)} passed</strong> (possible escapes, ${count(escapes.open)} open), <strong>${count(falseScrap.units)} failed</strong> or broke off (possible false scrap, ${count(falseScrap.open)} open); ${count(retested)} tested again. ${units > 0 && advice(list)}</p>
${signOffState(list)}
<p><a href="${url}">The list of units, and its sign-off</a></p>
</section>`
}
