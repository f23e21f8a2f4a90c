// Its keys, never the keys themselves, and what its last heartbeat said.
import type { KeyState, StationRecord } from '../../server/domain/station-record.ts'
import { time } from '../format/instant.ts'
import { type Html, html } from '../html.ts'

/** Of telemetry and checks each; a heartbeat may carry more than a page should. */
const mostFacts = 40

export function stationKeysAndFacts({ keys, telemetry, checks }: StationRecord): Html {
  return html`<section data-part="keys">
<h2>Keys</h2>
${
  keys.length === 0
    ? html`<p class="empty">It has no key and cannot ask for anything. Make one with <code>POST /api/v1/stations/{id}/keys</code>.</p>`
    : html`<table class="stacked"><thead><tr><th scope="col">Begins with</th><th scope="col">State</th><th scope="col">Made</th><th scope="col">Last used</th></tr></thead><tbody>${keys.map(key)}</tbody></table>`
}
</section>
${facts('telemetry', 'Telemetry of its last heartbeat', telemetry)}
${facts('checks', 'Checks of its last heartbeat', checks)}`
}

function key({ prefix, createdAt, lastUsedAt, endsAt, hasEnded, why }: KeyState): Html {
  const state =
    endsAt === null
      ? html`<strong>opens</strong>`
      : hasEnded
        ? html`ended ${time(endsAt)}${why !== null && html`<small>${why}</small>`}`
        : html`<strong>opens</strong> until ${time(endsAt)}${why !== null && html`<small>${why}</small>`}`
  return html`<tr><th scope="row"><code>${prefix}…</code></th><td data-label="State">${state}</td><td data-label="Made">${time(createdAt)}</td><td data-label="Last used">${lastUsedAt === null ? 'never' : time(lastUsedAt)}</td></tr>`
}

function facts(part: string, title: string, found: Record<string, unknown>): Html {
  const all = Object.entries(found)
  return html`<section data-part="${part}"${all.length === 0 && html` hidden`}>${
    all.length > 0 &&
    html`<h2>${title}</h2><dl class="facts">${all.slice(0, mostFacts).map(([name, value]) => html`<div><dt>${name}</dt><dd>${text(value)}</dd></div>`)}</dl>${all.length > mostFacts && html`<p class="quiet">${all.length - mostFacts} more are kept.</p>`}`
  }</section>`
}

function text(value: unknown): string {
  const written = typeof value === 'string' ? value : JSON.stringify(value)
  return written.length > 200 ? `${written.slice(0, 200).toWellFormed()}…` : written
}
