import type { PageFrame } from '../../../views/page-document.ts'

/** The frame of a page that a person opened, at the root of its host. */
export const aFrame: PageFrame = {
  assets: { style: '/s.css', script: '/s.js', vega: '/v.js', vegaLite: '/vl.js', vegaEmbed: '/ve.js' },
  base: '',
  nonce: 'nonce-of-the-tests',
  reader: { kind: 'person', name: 'Ana Lima', canSignOut: true },
}
