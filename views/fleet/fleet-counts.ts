// How many stations there are, and how many have what: each count shows its stations.
import { type FleetFilter, type FleetView, troubleKinds } from '../../server/domain/fleet/fleet.ts'
import { count, counted } from '../format/count.ts'
import { capitalised } from '../format/words.ts'
import { type Html, html } from '../html.ts'
import type { PageFrame } from '../page-document.ts'
import { fleetAddress } from './fleet-address.ts'
import { choiceWords, troubleWords } from './fleet-words.ts'

export function fleetCounts({ counts, filter }: FleetView, frame: PageFrame): Html {
  const { stations, troubled, kinds, catchingUp, aside } = counts
  const one = (value: number, words: string, trouble: FleetFilter['trouble'], tone: string) =>
    html`<li class="${tone}"><a href="${fleetAddress(frame, { ...filter, trouble, page: 1 })}"${filter.trouble === trouble && html` aria-current="true"`}><strong>${count(value)}</strong> ${capitalised(words)}</a></li>`
  return html`<section data-part="counts">
<ul class="tally">
${one(stations, stations === 1 ? 'station' : 'stations', null, 'calm')}
${one(troubled, choiceWords.any, 'any', troubled > 0 ? 'bad' : 'good')}
${troubleKinds.map((kind) => (kinds[kind] ?? 0) > 0 && one(kinds[kind] ?? 0, troubleWords[kind], kind, 'warn'))}
${catchingUp > 0 && one(catchingUp, choiceWords['catching up'], 'catching up', 'calm')}
${aside > 0 && one(aside, choiceWords.aside, 'aside', 'calm')}
</ul>
<p class="quiet">${troubled === 0 ? `Nothing is known to be wrong with ${stations === 1 ? 'it' : 'any of them'}.` : `${counted(troubled, 'station')} ${troubled === 1 ? 'needs' : 'need'} a look; a station may have more than one trouble.`} Catching up: told to run a build, not yet proven by a run. Set aside: held, excluded or in an experiment.</p>
</section>`
}
