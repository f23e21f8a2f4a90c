// The pages of the decision ledger in a real browser, behind the real routes: long, empty, hostile, and computed again.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { rolloutId } from '../../server/domain/ids.ts'
import { minute } from '../../server/domain/instant.ts'
import type { LedgerEntry, RecomputedVerdict } from '../../server/domain/ledger.ts'
import { pageRoutes } from '../../server/routes/pages/pages.ts'
import { ines, noon, uuid } from '../support/fixed-values.ts'
import { anEntry, aRecomputed, aVerdictEntry } from '../support/ledger-builder.ts'
import { listening } from '../support/listening.ts'
import { type PageChecks, pageChecks } from '../support/page-check.ts'
import { siteOf } from '../support/page-site.ts'
import { aPausedRollout } from '../support/rollout-view-builder.ts'
import { read } from '../views/support/read.ts'
import { everyEvent } from '../views/support/rollout-events.ts'

const hostile = '<img src=x onerror=alert(1)>"\'&=HYPERLINK("x")'
const usual = everyEvent.map((event, index) =>
  anEntry({ at: noon - index * minute, sequence: event.sequence, type: event.type, by: event.by }),
)
const long = Array.from({ length: 60 }, (_, index) =>
  index % 2
    ? aVerdictEntry(index)
    : anEntry({ sequence: null, type: 'StageSet', override: ['a'.repeat(80)] }),
)
const ledgers: Record<string, LedgerEntry[]> = {
  usual,
  long,
  empty: [],
  hostile: [anEntry({ why: hostile, by: { ...ines, name: hostile }, override: [hostile], type: hostile })],
}
const difference = { path: `gates / ${hostile} / canary / bad`, recorded: 3, recomputed: 20 }
const verdicts: Record<number, RecomputedVerdict> = {
  1: aRecomputed(),
  2: aRecomputed({
    outcome: 'differs',
    isWhole: false,
    differences: Array.from({ length: 120 }, () => difference),
    recount: {
      outcome: 'differs',
      lateRuns: 0,
      differences: [
        { station: hostile, counting: hostile, judged: { n: 40, bad: 20 }, stored: { n: 40, bad: 0 } },
      ],
      differing: 70,
    },
  }),
  3: aRecomputed({ outcome: 'another engine', engine: { recorded: hostile, now: 'today’s' } }),
  4: aRecomputed({ outcome: 'no inputs', isWhole: null, recomputed: null, recount: null }),
}
const ids = new Map(Object.keys(ledgers).map((name, index) => [rolloutId.parse(uuid(1, 70 + index)), name]))
const found = (id: string) => ledgers[ids.get(rolloutId.parse(id)) ?? '']
const idOf = (name: string) => [...ids].find(([, each]) => each === name)?.[0] ?? ''

let site = ''
let checks: PageChecks
beforeAll(async () => {
  checks = await pageChecks()
  site = await listening(
    pageRoutes(
      siteOf({
        rollout: async (id) => (found(id) ? aPausedRollout({ id }) : null),
        events: async () => everyEvent,
        ledger: {
          ledger: async (id, { after }) => {
            const entries = found(id)
            return entries ? { entries, next: after === null && entries === long ? '1-e-2' : null } : null
          },
          recomputed: async (_id, verdictId) => verdicts[verdictId] ?? null,
        },
      }),
    ),
  )
})
afterAll(() => checks.close())

const address = (name: string, more = '') => `${site}/rollouts/${idOf(name)}/ledger${more}`
const text = async (url: string) => read(await (await fetch(url)).text())

describe('the page of the decision ledger', () => {
  for (const name of Object.keys(ledgers))
    it(`stands in a browser: ${name}`, async () => {
      const how = { name: `ledger-${name}`, keyboard: name === 'usual' }
      expect(await checks.checkPage(address(name), how)).toEqual([])
    })

  it('says who decided what, why and on what the gates showed, with the way to compute it again', async () => {
    const page = await text(address('usual'))
    expect(page).toContain('Advanced from stage 1')
    expect(page).toContain('Ines Duarte (Slack)')
    expect(page).toContain('21 of 180')
    const document = await (await fetch(address('usual'))).text()
    expect(document).toContain(`href="/rollouts/${idOf('usual')}/ledger/7"`)
  })

  it('leads to what was earlier, and is a table', async () => {
    expect(await (await fetch(address('long'))).text()).toContain('/ledger?after=1-e-2')
    const table = await fetch(address('usual', '.csv'))
    expect(table.headers.get('content-type')).toBe('text/csv; charset=utf-8')
    expect((await table.text()).split('\r\n').length).toBe(usual.length + 2)
  })
})

describe('the page of a verdict computed again', () => {
  for (const id of Object.keys(verdicts))
    it(`stands in a browser: ${verdicts[Number(id)]?.outcome}`, async () => {
      expect(await checks.checkPage(address('usual', `/${id}`), { name: `verdict-${id}` })).toEqual([])
    })

  it('says whether it came out the same, and is kept by nobody', async () => {
    const same = await fetch(address('usual', '/1'))
    expect(same.headers.get('cache-control')).toBe('no-store')
    expect(same.headers.get('x-robots-tag')).toContain('noindex')
    expect(read(await same.text())).toContain('It comes out the same')
    const otherwise = await text(address('usual', '/2'))
    expect(otherwise).toContain('120 values came out otherwise')
    expect(otherwise).toContain('their digest does not fit')
    expect(otherwise).toContain('no late run explains it')
    expect(await text(address('usual', '/4'))).toContain('before verdicts were kept')
  })

  it('is nothing where there is no such verdict or rollout', async () => {
    expect((await fetch(address('usual', '/99'))).status).toBe(404)
    expect((await fetch(address('usual', '/x'))).status).toBe(404)
    for (const path of ['ledger', 'ledger.csv', 'ledger/1'])
      expect((await fetch(`${site}/rollouts/${uuid(1, 9)}/${path}`)).status).toBe(404)
  })
})
