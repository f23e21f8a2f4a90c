// The containment page in a real browser, behind the real routes: few units, many, none, and hostile names.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ContainedUnit, Containment } from '../../server/domain/containment.ts'
import { rolloutId } from '../../server/domain/ids.ts'
import { minute } from '../../server/domain/instant.ts'
import { pageRoutes } from '../../server/routes/pages/pages.ts'
import { aContainedUnit, aContainment, aSignOff } from '../support/containment-builder.ts'
import { ines, noon, uuid } from '../support/fixed-values.ts'
import { listening } from '../support/listening.ts'
import { type PageChecks, pageChecks } from '../support/page-check.ts'
import { siteOf } from '../support/page-site.ts'
import { aPausedRollout } from '../support/rollout-view-builder.ts'
import { read } from '../views/support/read.ts'
import { noCharts } from '../views/support/rollout-charts.ts'

const hostile = '<img src=x onerror=alert(1)>"\'&=HYPERLINK("x")'
const retest = {
  outcome: 'PASS' as const,
  build: { ...aContainment().build, version: '2.4.0' },
  station: { id: aContainedUnit().station.id, name: 'FCT-07' },
  at: noon + 10 * minute,
}
const few = [
  aContainedUnit(1),
  aContainedUnit(2, { runs: 2, passedRuns: 1 }),
  aContainedUnit(3, { retest, state: 'confirmed good' }),
  aContainedUnit(4, { verdict: 'FAIL', failureMode: 'power / rail_3v3' }),
]
const name = 'x'.repeat(60)
const many = Array.from({ length: 400 }, (_, index) =>
  aContainedUnit(index + 1, {
    serial: `${name}-${index}`,
    verdict: index % 2 ? 'FAIL' : 'PASS',
    failureMode: index % 2 ? name : null,
    retest,
    runs: 3,
  }),
)
const base = aContainment()
const lists: Record<string, { list: Containment; units: ContainedUnit[] }> = {
  few: { list: aContainment({ unattributed: { runs: 3, units: 2 } }), units: few },
  many: {
    list: aContainment({
      first: 'escapes',
      counts: {
        ...base.counts,
        units: 400,
        stations: Array.from({ length: 50 }, (_, index) => {
          return { name: `${name}-${index}`, passed: 4, failed: 4, firstAt: noon, lastAt: noon + minute }
        }),
        stationCount: 2000,
      },
    }),
    units: many,
  },
  none: {
    list: aContainment({
      state: 'nothing to contain',
      occasions: [],
      counts: {
        ...base.counts,
        ...{ units: 0, runs: 0, firstAt: null, lastAt: null, retested: 0, stations: [], stationCount: 0 },
        escapes: { units: 0, open: 0, confirmedGood: 0, confirmedBad: 0 },
        falseScrap: { ...base.counts.falseScrap, units: 0, open: 0, confirmedGood: 0, failed: 0 },
      },
    }),
    units: [],
  },
  hostile: {
    list: aContainment({
      build: { ...base.build, version: hostile },
      state: 'changed',
      signOffs: [aSignOff({ note: hostile, by: { ...ines, name: hostile }, units: 39 })],
      occasions: [{ kind: 'abort', at: noon, gate: null, why: hostile, by: { ...ines, name: hostile } }],
    }),
    units: [
      aContainedUnit(1, {
        serial: hostile,
        failureMode: hostile,
        retest: { ...retest, station: { ...retest.station, name: hostile } },
      }),
    ],
  },
}
const ids = new Map(Object.keys(lists).map((each, index) => [rolloutId.parse(uuid(1, 60 + index)), each]))
const found = (id: string) => lists[ids.get(rolloutId.parse(id)) ?? '']
const idOf = (each: string) => [...ids].find(([, of]) => of === each)?.[0] ?? ''

const signed: { id: string; note: string; by: string }[] = []
let site = ''
let checks: PageChecks
beforeAll(async () => {
  checks = await pageChecks()
  site = await listening(
    pageRoutes(
      siteOf({
        rollout: async (id) => (found(id) ? aPausedRollout({ id }) : null),
        charts: async () => noCharts,
        containment: {
          signOffContainment: async (id, { note, digest }, by) => {
            const list = found(id)?.list
            if (!list || digest !== list.counts.digest)
              return { refused: 'stale', why: 'the list has changed since you looked', next: 'Look again.' }
            signed.push({ id, note, by: by.name })
            return { did: 'signed off', containment: list }
          },
          containment: async (id) => found(id)?.list ?? null,
          containedUnits: async (id, { list, after, limit }) => {
            const all = (found(id)?.units ?? []).filter(
              ({ verdict }) => list === null || (verdict === 'PASS') === (list === 'escapes'),
            )
            const from = after === null ? 0 : all.findIndex(({ runId }) => runId === after) + 1
            const units = all.slice(from, from + limit)
            return { units, next: from + limit < all.length ? (units.at(-1)?.runId ?? null) : null }
          },
        },
      }),
    ),
  )
})
afterAll(() => checks.close())

const page = async (of: string, query = '') =>
  read(await (await fetch(`${site}/rollouts/${idOf(of)}/containment${query}`)).text())

describe('the page of a containment list', () => {
  for (const of of Object.keys(lists))
    it(`stands in a browser: ${of}`, async () => {
      const keyboard = of === 'few'
      const address = `${site}/rollouts/${idOf(of)}/containment`
      expect(await checks.checkPage(address, { name: `containment-${of}`, keyboard })).toEqual([])
    })

  it('says what to do first, what is open, and each unit apart by how it came out', async () => {
    const text = await page('few')
    expect(text).toContain('41 units judged')
    expect(text).toContain('not signed off')
    expect(text).toContain('both lists matter')
    expect(text).toContain('Breach of first-pass yield')
    expect(text).toMatch(
      /Possible escapes: passed .*SN-1 PASS .*SN-3 .*confirmed good PASS on 2\.4\.0, FCT-07.*Possible false scrap: failed or broke off .*SN-4 FAIL power \/ rail_3v3/,
    )
    expect(text).toContain('3 runs of 2 units came without a build that is known')
    expect(await page('many')).toContain('begin with the possible escapes')
  })

  it('leads from page to page to every unit once', async () => {
    const seen = new Set<string>()
    let address: string | null = `/rollouts/${idOf('many')}/containment?list=escapes`
    for (let pages = 0; address !== null && pages < 9; pages++) {
      const document: string = await (await fetch(`${site}${address}`)).text()
      for (const [serial] of document.matchAll(/x{60}-\d+(?=<\/th>\s*<td>PASS)/g)) seen.add(serial)
      address = document.match(/<a href="([^"]+)">The next ones/)?.[1]?.replaceAll('&#38;', '&') ?? null
    }
    expect(seen.size).toBe(200)
  })

  it('is a table too, and nothing where there is no such rollout', async () => {
    const table = await fetch(`${site}/rollouts/${idOf('hostile')}/containment.csv`)
    expect(table.headers.get('content-type')).toBe('text/csv; charset=utf-8')
    expect(await table.text()).toContain('PASS,open,')
    for (const path of ['containment', 'containment.csv'])
      expect((await fetch(`${site}/rollouts/${uuid(1, 9)}/${path}`)).status).toBe(404)
    expect((await fetch(`${site}/rollouts/no-id/containment`)).status).toBe(404)
  })

  it('is signed off with a form, by the name that Slack knows, and only as it was shown', async () => {
    const address = `${site}/rollouts/${idOf('few')}/containment`
    const document = await (await fetch(address)).text()
    expect(document).toContain('name="digest" value="d1"')
    const post = (fields: Record<string, string>) =>
      fetch(address, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' })
    const token = 'form-token-of-the-tests'
    const foreign = await post({ token: 'of another site', digest: 'd1', note: 'x' })
    expect(foreign.status).toBe(403)
    const stale = await post({ token, digest: 'older', note: 'all <b>blocked</b>' })
    expect(stale.status).toBe(409)
    const again = await stale.text()
    expect(read(again)).toContain('The list has changed since you looked')
    expect(again).toContain('all &#60;b&#62;blocked&#60;/b&#62;</textarea>')
    expect(signed).toEqual([])
    const done = await post({ token, digest: 'd1', note: 'all blocked' })
    expect(done.status).toBe(303)
    expect(signed).toEqual([{ id: idOf('few'), note: 'all blocked', by: 'Ines Duarte' }])
  })

  it('stands in brief on the page of the rollout, with the way to it', async () => {
    const document = await (await fetch(`${site}/rollouts/${idOf('few')}`)).text()
    expect(read(document)).toContain('41 units judged by 2.4.1')
    expect(document).toContain(`href="/rollouts/${idOf('few')}/containment"`)
  })
})
