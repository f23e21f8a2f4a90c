// The pages of history, learning and replay in a real browser.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { gates } from '../../server/domain/gates/gate.ts'
import { rolloutId } from '../../server/domain/ids.ts'
import type { HistoryRow } from '../../server/domain/learning/history-row.ts'
import { learningFrom } from '../../server/domain/learning/learning.ts'
import { pageRoutes } from '../../server/routes/pages/pages.ts'
import { aProcedure } from '../bot/support/fake-service.ts'
import { ines, noon, uuid } from '../support/fixed-values.ts'
import { listening } from '../support/listening.ts'
import { noHistory } from '../support/no-history.ts'
import { type PageChecks, pageChecks } from '../support/page-check.ts'
import { siteOf } from '../support/page-site.ts'
import { procedure } from '../support/plan-builder.ts'
import { aReplay } from '../support/replay-builder.ts'
import { toldRollout } from '../support/told-rollout-builder.ts'

const hostile = '<img src=x onerror=alert(1)>"\'&=HYPERLINK("x")'
const breach = { breach: 'first-pass yield' }
const rollouts = [
  ...Array.from({ length: 16 }, (_, place) =>
    toldRollout(place, [breach, 'aborted'], { labels: ['limits', hostile] }),
  ),
  toldRollout(20, [{ breach: hostile }, { acknowledged: hostile }, 'completed'], { sites: [hostile] }),
]
const found = learningFrom(
  { rollouts, rollbacks: [], leftOut: 3 },
  { from: noon - 9e9, to: noon },
  gates.parse([{ metric: 'first-pass yield' }]),
)
const rows = Array.from(
  { length: 50 },
  (_, place): HistoryRow => ({
    id: rolloutId.parse(uuid(3, place)),
    procedure: { id: procedure, name: place % 7 === 0 ? hostile : 'PCBA-FCT' },
    version: '2.4.1',
    base: '2.4.0',
    labels: ['limits', 'instrument driver'],
    outcome: place % 2 === 0 ? 'completed' : 'rolled back after completion',
    createdAt: noon - place * 9e7,
    startedAt: noon - place * 9e7,
    stageIndex: 2,
    stageCount: 4,
    owner: ines,
    decided: { at: noon - place * 9e7 + 9e6, by: ines, why: hostile },
    alarms: place % 3,
    alarmedGates: place % 3 === 0 ? [] : ['first-pass yield', hostile],
  }),
)

let site = ''
let checks: PageChecks
beforeAll(async () => {
  checks = await pageChecks()
  const known = { procedure: async () => aProcedure({ id: procedure }) }
  site = await listening(
    pageRoutes(
      siteOf({
        history: {
          ...known,
          learning: async () => found,
          rolloutHistory: async (_filter, page) => ({ rows, total: 120, ...page }),
          historyChoices: async () => ({
            procedures: [{ id: procedure, name: 'PCBA-FCT' }],
            labels: ['limits', hostile],
            sites: ['Lyon', hostile],
          }),
        },
        replay: {
          ...noHistory.replay,
          ...known,
          replays: async () => ({ ended: aReplay(), open: null }),
        },
      }),
    ),
  )
})
afterAll(() => checks.close())

describe('pages that look back', () => {
  for (const [name, path] of [
    ['history', `/history?procedure=${procedure}&offset=50`],
    ['learning', `/procedures/${procedure}/learning`],
    ['replay', `/procedures/${procedure}/replay`],
  ] as const)
    it(`stand in a browser: ${name}`, async () => {
      expect(await checks.checkPage(`${site}${path}`, { name, keyboard: true })).toEqual([])
    })
})
