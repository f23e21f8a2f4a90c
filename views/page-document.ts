// The frame of every page: head, stylesheet, script, the site's header. Nothing comes from another host.
import { type Html, html, htmlText } from './html.ts'

/** Addresses of our own files, below the site's base. */
export type PageAssets = { style: string; script: string; vega: string; vegaLite: string; vegaEmbed: string }

/** Who looks: someone with the link of one rollout, who sees that one alone, or a person who may look at everything. */
export type PageReader = { kind: 'link' } | { kind: 'person'; name: string; canSignOut: boolean }

/** What a page has to know beside its own matter. */
export type PageFrame = {
  assets: PageAssets
  /** Path under which the service stands behind a proxy, without a slash at its end; empty for none. */
  base: string
  /** Of this answer alone: scripts and styles that carry it may run. */
  nonce: string
  /** Null: nobody known. */
  reader: PageReader | null
  /** Address of Sign in with Slack; null where it is not set up, or done. */
  signIn: string | null
  /** What forms carry to prove that they are of a page of this person; null: nobody who may send one. */
  formToken: string | null
}

export type Place = 'overview' | 'fleet' | 'history'
type Page = {
  title: string
  body: Html
  frame: PageFrame
  /** Whether the page's script makes it livelier. */
  script: boolean
  /** The entry of the site's header that this page is. */
  place?: Place
}

const places: { place: Place; path: string; name: string }[] = [
  { place: 'overview', path: '/', name: 'Rollouts' },
  { place: 'fleet', path: '/fleet', name: 'Fleet' },
  { place: 'history', path: '/history', name: 'History' },
]

export function pageDocument({ title, body, frame, script, place }: Page): string {
  const { assets, base, nonce } = frame
  const ours = (address: string) => `${base}${address}`
  return htmlText(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${title} · Firstpass</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${ours(assets.style)}">
${script && html`<script type="module" nonce="${nonce}" src="${ours(assets.script)}" data-vega="${ours(assets.vega)}" data-vega-lite="${ours(assets.vegaLite)}" data-vega-embed="${ours(assets.vegaEmbed)}"></script>`}
</head>
<body>
<a class="skip" href="#content">To the content</a>
${siteHeader(frame, place)}
${body}
</body>
</html>
`)
}

function siteHeader(frame: PageFrame, here: Place | undefined): Html {
  const { base, reader } = frame
  if (reader?.kind !== 'person')
    return html`<header class="site"><span class="brand">Firstpass</span>${whoLooks(frame)}</header>`
  return html`<header class="site"><a class="brand" href="${base}/">Firstpass</a>
<nav aria-label="Site">${places.map(
    ({ place, path, name }) =>
      html`<a href="${base}${path}"${place === here && html` aria-current="page"`}>${name}</a> `,
  )}</nav>
${whoLooks(frame)}</header>`
}

/** Their name, and the way in or out. */
function whoLooks({ base, reader, signIn, formToken }: PageFrame): Html {
  const name = reader?.kind === 'person' && html`<bdi>${reader.name}</bdi>`
  const leave =
    reader?.kind === 'person' &&
    reader.canSignOut &&
    html`<form method="post" action="${base}/signout"><input type="hidden" name="token" value="${formToken}"><button>Sign out</button> <button name="everywhere" value="yes">Sign out everywhere</button></form>`
  return html`<div class="who">${name} ${leave}${signIn !== null && html`<a href="${signIn}">Sign in with Slack</a>`}</div>`
}
