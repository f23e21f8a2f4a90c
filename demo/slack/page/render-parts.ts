// The parts of the page that change, each as HTML for one reader.

import type { OfferedShortcut } from '../people/shortcut.ts'
import type { Fault } from '../state/faults.ts'
import type { World } from '../state/world.ts'
import { type Html, html } from './html.ts'
import { renderBlocks } from './render-block.ts'
import { type Reader, renderMessage } from './render-message.ts'
import { renderModal } from './render-modal.ts'
import { fileUrl } from './scene.ts'

/** `place` is a conversation's id or `home`. */
export type Looking = { user: string; place: string; thread: string }

export type Parts = Record<'places' | 'heading' | 'main' | 'thread' | 'modal' | 'faults' | 'calls', string>

export function renderParts(looking: Looking, world: World, _shortcuts: OfferedShortcut[]): Parts {
  return {
    places: places(looking, world).html,
    heading: heading(looking, world).html,
    main: (looking.place === 'home' ? home(looking, world) : channel(looking, world)).html,
    thread: looking.thread ? thread(looking, world).html : '',
    modal: modal(looking, world).html,
    faults: faultSwitches(world.faults.active()).html,
    calls: calls(world).html,
  }
}

function places({ user, place }: Looking, { directory, team }: World): Html {
  const link = (id: string, text: string) =>
    html`<a href="#" data-place="${id}" ${id === place ? html`aria-current="page"` : ''}>${text}</a>`
  const mine = directory.channels().filter((one) => directory.isMember(user, one))
  const directMessage = directory.directMessage(user).id
  return html`<h2>Channels</h2>${mine.map((one) => link(one.id, `${one.isPrivate ? '🔒' : '#'} ${one.name}`))}
    <h2>Apps</h2>${link(directMessage, team.appName)}${link('home', `${team.appName} Home`)}`
}

function heading({ place, user }: Looking, { directory, team }: World): Html {
  if (place === 'home' || place === directory.directMessage(user).id) return html`<h1>${team.appName}</h1>`
  const found = directory.conversation(place)
  return html`<h1>${found?.isPrivate ? '🔒 ' : '# '}${found?.name}</h1><p>${found?.topic}</p>`
}

function channel({ user, place }: Looking, world: World): Html {
  const reader = { user, notices: world.notices.of(user), inThread: false }
  const shown = [
    ...world.messages.inChannel(place),
    ...world.messages.ephemerals(user).filter((one) => one.channel === place && !one.thread_ts),
  ].sort((a, b) => (a.ts < b.ts ? -1 : 1))
  if (shown.length === 0)
    return html`<p class="empty" data-key="empty">Nothing here yet. Write something below.</p>`
  return html`${shown.map((message) => renderMessage(message, reader, world))}`
}

function thread({ user, place, thread: ts }: Looking, world: World): Html {
  const reader: Reader = { user, notices: world.notices.of(user), inThread: true }
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
  const scene = { directory: world.directory, imageUrl: fileUrl, values: view.values, errors: {} }
  const notice = view.notice ? html`<p class="notice" role="alert">⚠️ ${view.notice}</p>` : ''
  return html`<div class="home" data-key="home" data-view="${view.id}">${notice}${renderBlocks(view.blocks, scene)}</div>`
}

function modal({ user }: Looking, world: World): Html {
  const top = world.views.stack(user).at(-1)
  return top ? renderModal(top, world) : html``
}

const switches: { label: string; fault: Fault }[] = [
  { label: 'Rate limited (429)', fault: { kind: 'ratelimited', retryAfterSeconds: 5 } },
  { label: 'Server errors (500)', fault: { kind: 'error500' } },
  { label: 'Slow (4 s)', fault: { kind: 'slow', delayMs: 4000 } },
  { label: 'Away', fault: { kind: 'away' } },
  { label: 'Answers lost', fault: { kind: 'answer-lost' } },
]

function faultSwitches(active: Fault[]): Html {
  return html`${switches.map(({ label, fault }) => {
    const isOn = active.some((one) => one.kind === fault.kind)
    return html`<label><input type="checkbox" role="switch" data-fault="${JSON.stringify(fault)}" ${isOn ? html`checked` : ''}> ${label}</label>`
  })}`
}

function calls(world: World): Html {
  const last = world.calls.all().slice(-12).reverse()
  return html`<ol>${last.map((call) => html`<li class="${call.ok ? '' : 'failed'}">${call.method} <small>${call.ok ? call.status : (call.error ?? call.status)}</small></li>`)}</ol>`
}
