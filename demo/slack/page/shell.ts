// The page around the parts that change.
import type { OfferedShortcut } from '../people/shortcut.ts'
import type { World } from '../state/world.ts'
import { type Html, html } from './html.ts'

export function renderShell(world: World, worlds: World[], shortcuts: OfferedShortcut[]): string {
  const { directory, team } = world
  const people = directory
    .people()
    .filter((one) => !one.deleted)
    .map(({ id, realName }) => html`<option value="${id}">${realName}</option>`)
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${team.name} · local Slack</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/page/blocks.css">
${['frame', 'message', 'controls', 'modal'].map((name) => html`<link rel="stylesheet" href="/page/style/${name}.css">`)}
<script type="module" src="/page/client/main.ts"></script>
</head>
<body data-team="${team.teamId}">
<div class="frame">
  <nav id="sidebar" aria-label="Workspace">
    <div class="workspace"><b>${team.name}</b><small>a local stand-in for Slack</small></div>
    ${teamSwitcher(world, worlds)}
    <label class="act-as">Act as <select id="act-as">${people}</select></label>
    <div data-part="places"></div>
    <details class="faults"><summary>Slack misbehaves</summary><div data-part="faults"></div></details>
    <details class="calls"><summary>Calls of the app</summary><div data-part="calls"></div></details>
  </nav>
  <main>
    <header class="heading"><button type="button" class="plain" id="menu" aria-expanded="false" aria-controls="sidebar" aria-label="Menu">☰</button>
      <div data-part="heading"></div></header>
    <div class="scroll" data-part="main" aria-label="Messages" role="region" tabindex="0"></div>
    <form class="composer" id="composer">${globalShortcuts(shortcuts, team.appName)}
      <textarea rows="1" aria-label="Message" placeholder="Message or /command"></textarea>
      <button type="submit" class="button primary">Send</button></form>
  </main>
  <aside id="thread" aria-label="Thread" hidden>
    <header class="heading"><div><h1>Thread</h1></div><button type="button" class="plain" id="close-thread" aria-label="Close the thread">✕</button></header>
    <div class="scroll" data-part="thread"></div>
    <form class="composer" id="thread-composer"><textarea rows="1" aria-label="Reply" placeholder="Reply…"></textarea>
      <button type="submit" class="button primary">Reply</button></form>
  </aside>
</div>
<div data-part="modal"></div>
<dialog id="confirm" aria-labelledby="confirm-title"></dialog>
<p id="toast" role="status" hidden></p>
</body>
</html>`.html
}

function teamSwitcher(world: World, worlds: World[]): Html | '' {
  if (worlds.length < 2) return ''
  const link = ({ team }: World) =>
    html`<a href="/?team=${team.teamId}" ${team.teamId === world.team.teamId ? html`aria-current="page"` : ''}>${team.name}</a>`
  return html`<p class="teams">${worlds.map(link)}</p>`
}

function globalShortcuts(shortcuts: OfferedShortcut[], appName: string): Html | '' {
  const ours = shortcuts.filter((one) => one.type === 'global')
  if (ours.length === 0) return ''
  const item = ({ callbackId, name }: OfferedShortcut) =>
    html`<button type="button" role="menuitem" data-shortcut="${callbackId}">${name} <small>${appName}</small></button>`
  return html`<details class="overflow shortcuts"><summary aria-label="Shortcuts">⚡</summary>
    <div role="menu">${ours.map(item)}</div></details>`
}
