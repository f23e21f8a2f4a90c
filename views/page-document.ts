// The frame of every page: head, stylesheet, script. Nothing comes from another host.
import { type Html, html, htmlText } from './html.ts'

/** Addresses of our own files. */
export type PageAssets = { style: string; script: string; vega: string; vegaLite: string; vegaEmbed: string }

type Page = { title: string; body: Html; assets: PageAssets; script: boolean }

export function pageDocument({ title, body, assets, script }: Page): string {
  return htmlText(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${assets.style}">
${script && html`<script type="module" src="${assets.script}" data-vega="${assets.vega}" data-vega-lite="${assets.vegaLite}" data-vega-embed="${assets.vegaEmbed}"></script>`}
</head>
<body>
${body}
</body>
</html>
`)
}
