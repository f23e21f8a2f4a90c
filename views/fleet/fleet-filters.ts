// What is shown is chosen by the address, so that it works without script and can be sent to somebody.
import { type FleetView, troubleKinds } from '../../server/domain/fleet/fleet.ts'
import { capitalised } from '../format/words.ts'
import { type Html, html } from '../html.ts'
import type { PageFrame } from '../page-document.ts'
import { choiceWords, troubleWords } from './fleet-words.ts'

type Choice = { value: string; name: string }

export function fleetFilters({ filter, known }: FleetView, frame: PageFrame): Html {
  const named = (values: string[]) => values.map((value) => ({ value, name: value }))
  const troubles = [
    { value: 'any', name: capitalised(choiceWords.any) },
    ...troubleKinds.map((kind) => ({ value: kind, name: capitalised(troubleWords[kind]) })),
    { value: 'catching up', name: capitalised(choiceWords['catching up']) },
    { value: 'aside', name: capitalised(choiceWords.aside) },
  ]
  const isFiltered = Object.entries(filter).some(([name, value]) => name !== 'page' && value !== null)
  return html`<form class="filters" method="get" action="${frame.base}/fleet" role="search" aria-label="Stations to show">
${choice('site', 'Site', named(known.sites), filter.site)}
${choice('line', 'Line', named(known.lines), filter.line)}
${choice(
  'procedure',
  'Procedure',
  known.procedures.map(({ id, name }) => ({ value: id, name })),
  filter.procedure,
)}
${choice('trouble', 'Trouble', troubles, filter.trouble)}
<label>Name <input type="search" name="search" value="${filter.search ?? ''}" maxlength="100" placeholder="part of it"></label>
<button type="submit">Show</button>
${isFiltered && html`<a href="${frame.base}/fleet">Show all</a>`}
</form>`
}

function choice(name: string, label: string, choices: Choice[], chosen: string | null): Html {
  const isKnown = chosen === null || choices.some(({ value }) => value.toLowerCase() === chosen.toLowerCase())
  const all = isKnown ? choices : [...choices, { value: chosen, name: `${chosen} (none here)` }]
  return html`<label>${label} <select name="${name}"><option value="">all</option>${all.map(
    (each) =>
      html`<option value="${each.value}"${each.value.toLowerCase() === chosen?.toLowerCase() && html` selected`}>${each.name}</option>`,
  )}</select></label>`
}
