// Links to what the registry knows. To whoever came by a rollout's link these pages are closed: then it is the name alone.
import { type Content, type Html, html } from '../html.ts'
import type { PageFrame } from '../page-document.ts'

type Reach = Pick<PageFrame, 'base' | 'reader'>
type Named = { id: string; name: string }
type Build = { id: string; version: string }

export function procedureLink(frame: Reach, { id, name }: Named): Html {
  return link(frame, `/procedures/${id}`, name)
}

export function stationLink(frame: Reach, { id, name }: Named): Html {
  return link(frame, `/stations/${id}`, name)
}

export function buildLink(frame: Reach, { id, version }: Build): Html {
  return link(frame, `/deployments/${id}`, version)
}

/** On the site itself: a rollout's own address carries the key of its link. */
export function rolloutLink(frame: Reach, id: string, text: Content): Html {
  return link(frame, `/rollouts/${id}`, text)
}

function link({ base, reader }: Reach, path: string, text: Content): Html {
  return reader?.kind === 'person' ? html`<a href="${base}${path}">${text}</a>` : html`${text}`
}
