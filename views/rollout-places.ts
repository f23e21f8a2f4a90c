// The pages that belong to one rollout, named at the top of each: they open with the same link.
import type { RolloutView } from '../server/domain/rollout-view.ts'
import { type Html, html } from './html.ts'
import type { PageFrame } from './page-document.ts'

export type RolloutPlace = 'rollout' | 'containment' | 'ledger'

const places: { place: RolloutPlace; path: string; name: string }[] = [
  { place: 'rollout', path: '', name: 'Rollout' },
  { place: 'containment', path: '/containment', name: 'Containment' },
  { place: 'ledger', path: '/ledger', name: 'Decision ledger' },
]

export function rolloutPlaces(view: Pick<RolloutView, 'id'>, here: RolloutPlace, { base }: PageFrame): Html {
  return html`<nav class="places" aria-label="Pages of this rollout">${places.map(
    ({ place, path, name }) =>
      html`<a href="${base}/rollouts/${view.id}${path}"${place === here && html` aria-current="page"`}>${name}</a> `,
  )}</nav>`
}
