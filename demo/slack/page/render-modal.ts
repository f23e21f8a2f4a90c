// The modal in front of a person, as a dialog.
import type { StoredView } from '../state/views.ts'
import type { World } from '../state/world.ts'
import { type Html, html } from './html.ts'
import { renderBlocks } from './render-block.ts'
import { fileUrl } from './scene.ts'

export function renderModal(view: StoredView, world: World): Html {
  const { directory, team } = world
  const scene = { directory, imageUrl: fileUrl, values: view.values, errors: view.errors, user: view.user }
  const below = view.previousId !== null
  return html`<div class="backdrop"><form class="modal" role="dialog" aria-modal="true" aria-labelledby="modal-title"
      data-view="${view.id}" tabindex="-1" novalidate>
    <header><span class="app-icon" aria-hidden="true">${team.appName.slice(0, 1)}</span>
      <h2 id="modal-title">${view.title?.text}</h2>
      <button type="button" class="plain" data-close="${below ? 'all' : 'this'}" aria-label="Close the modal">✕</button></header>
    <div class="body">${view.notice ? html`<p class="notice" role="alert">⚠️ ${view.notice}</p>` : ''}
      ${renderBlocks(view.blocks, scene)}</div>
    <footer><button type="button" class="button" data-close="this">${view.close?.text ?? (below ? 'Back' : 'Close')}</button>
      ${view.submit ? html`<button type="submit" class="button primary">${view.submit.text}</button>` : ''}</footer>
  </form></div>`
}
