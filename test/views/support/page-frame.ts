// The frame of a page, and a rollout's page with nothing beside the view.
import type { PageFrame } from '../../../views/page-document.ts'
import type { ShownRollout } from '../../../views/rollout/rollout-page.ts'

/** The frame of a page that a person opened, at the root of its host. */
export const aFrame: PageFrame = {
  assets: { style: '/s.css', script: '/s.js', vega: '/v.js', vegaLite: '/vl.js', vegaEmbed: '/ve.js' },
  base: '',
  nonce: 'nonce-of-the-tests',
  reader: { kind: 'person', name: 'Ana Lima', canSignOut: true },
  signIn: null,
  formToken: 'form-token-of-the-tests',
}

export function shownRollout(part: Partial<ShownRollout> = {}): ShownRollout {
  const live = { url: 'id/live', mark: '7-1' }
  const deciding = {
    commandId: 'a-command',
    isNamed: true,
    canRollBack: false,
    outcome: null,
    written: null,
  }
  const nothing = {
    charts: [],
    gates: [],
    range: null,
    failures: null,
    events: [],
    pairs: [],
    contained: null,
  }
  return {
    ...nothing,
    stationsUrl: 'id/stations/stations.csv',
    recordUrl: 'id/record/record.csv',
    live,
    deciding,
    ...part,
  }
}
