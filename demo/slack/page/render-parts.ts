// The parts of the page that change, each as HTML for one reader.
import type { OfferedShortcut } from '../people/shortcut.ts'
import type { World } from '../state/world.ts'
import { type Html, html } from './html.ts'
import { renderBlocks } from './render-block.ts'
import { renderFaults } from './render-faults.ts'
import { type Reader, renderMessage } from './render-message.ts'
import { renderModal } from './render-modal.ts'
import { renderHeading, renderPlaces } from './render-places.ts'
import { fileUrl } from './scene.ts'

/** `place` is a conversation's id or `home`. */
export type Looking = { user: string; place: string; thread: string }

export type Parts = Record<'places' | 'heading' | 'main' | 'thread' | 'modal' | 'faults' | 'calls', string>

export function renderParts(looking: Looking, world: World, shortcuts: OfferedShortcut[]): Parts {
  const { user } = looking
  const onMessages = world.isInstalled() ? shortcuts.filter((one) => one.type === 'message') : []
  const reader: Reader = { user, notices: world.notices.of(user), inThread: false, shortcuts: onMessages }
  const isHome = looking.place === 'home'
  return {
    places: renderPlaces(looking, world).html,
    heading: renderHeading(looking, world).html,
    main: (isHome ? home(looking, world) : channel(looking, reader, world)).html,
    thread: looking.thread ? thread(looking, { ...reader, inThread: true }, world).html : '',
    modal: modal(looking, world).html,
    faults: renderFaults(looking, world).html,
    calls: calls(world).html,
  }
}

function channel({ user, place }: Looking, reader: Reader, world: World): Html {
  const shown = [
    ...world.messages.inChannel(place),
    ...world.messages.ephemerals(user).filter((one) => one.channel === place && !one.thread_ts),
  ].sort((a, b) => (a.ts < b.ts ? -1 : 1))
  if (shown.length === 0)
    return html`<p class="empty" data-key="empty">Nothing here yet. Write something below.</p>`
  return html`${shown.map((message) => renderMessage(message, reader, world))}`
}

function thread({ user, place, thread: ts }: Looking, reader: Reader, world: World): Html {
  const shown = [
    ...world.messages.thread(place, ts),
    ...world.messages.ephemerals(user).filter((one) => one.channel === place && one.thread_ts === ts),
  ].sort((a, b) => (a.ts < b.ts ? -1 : 1))
  return html`${shown.map((message) => renderMessage(message, reader, world))}`
}

function home({ user }: Looking, world: World): Html {
  const view = world.views.home(user)
  if (!view)
    return html`<p class="empty" data-key="empty">${world.team.appName} has not published a Home for you yet.</p>`
  const scene = { directory: world.directory, imageUrl: fileUrl, values: view.values, errors: {}, user }
  const notice = view.notice ? html`<p class="notice" role="alert">⚠️ ${view.notice}</p>` : ''
  return html`<div class="home" data-key="home" data-view="${view.id}">${notice}${renderBlocks(view.blocks, scene)}</div>`
}

function modal({ user }: Looking, world: World): Html {
  const top = world.views.stack(user).at(-1)
  return top ? renderModal(top, world) : html``
}

function calls(world: World): Html {
  const last = world.calls.all().slice(-12).reverse()
  return html`<ol>${last.map((call) => html`<li class="${call.ok ? '' : 'failed'}">${call.method} <small>${call.ok ? call.status : (call.error ?? call.status)}</small></li>`)}</ol>`
}
