import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { rolloutId } from '../../server/domain/ids.ts'
import type { RolloutCharts } from '../../server/domain/rollout-charts.ts'
import type { RolloutView } from '../../server/domain/rollout-view.ts'
import { pageRoutes } from '../../server/routes/pages/pages.ts'
import { uuid } from '../support/fixed-values.ts'
import { listening } from '../support/listening.ts'
import { type PageChecks, pageChecks } from '../support/page-check.ts'
import { siteOf } from '../support/page-site.ts'
import { aRollout, aStation } from '../support/rollout-view-builder.ts'
import { aGate, aVerdict } from '../support/verdict-builder.ts'
import { noCharts, rolloutCharts, someFailures, withErrorRate } from '../views/support/rollout-charts.ts'
import { everyEvent } from '../views/support/rollout-events.ts'
import { pausedByBreach, pending } from '../views/support/rollout-stories.ts'

type Shown = { view: RolloutView; charts: RolloutCharts }
const [aStep] = everyEvent
if (!aStep) throw new Error('no event')
const aCourse = rolloutCharts({ hours: 1, canaryYield: 1, baseYield: 1 }).stations?.shown[0]
if (!aCourse) throw new Error('no station')
const hostile = '<img src=x onerror=alert(1)>"\'&=HYPERLINK("x")'
const busy = withErrorRate(rolloutCharts({ hours: 30, canaryYield: 0.9, baseYield: 0.98, stopped: true }))
/** What every station of a large fleet has done, one event each. */
const steps = Array.from({ length: 2000 }, (_, sequence) => ({ ...aStep, sequence }))
/** Two weeks, twelve stations drawn, eighty modes of failure, eight gates. */
const heavy: RolloutCharts = {
  ...rolloutCharts({ hours: 336, canaryYield: 0.9, baseYield: 0.98, stopped: true }),
  stations: {
    stations: 2000,
    outside: 90,
    shown: Array.from({ length: 12 }, (_, index) => ({
      ...aCourse,
      name: `FCT-${index}`,
      course: Array.from({ length: 10 }, (_each, step) => ({
        units: 20 * (step + 1),
        passed: 20 * (step + 1) - (step % 3) - index,
        low: 0.86 + step / 100,
        high: 1 - step / 500,
      })),
    })),
  },
  failures: {
    ...someFailures,
    categories: Array.from({ length: 10 }, () => someFailures.categories[0] ?? [])
      .flat()
      .map((category) => ({
        ...category,
        modes: Array.from({ length: 8 }, () => category.modes[0] ?? []).flat(),
      })),
  },
}
const manyGates = aVerdict(
  'wait',
  Array.from({ length: 8 }, (_, index) => aGate({ name: `gate ${index}` })),
)
const stations = (count: number) => Array.from({ length: count }, (_, index) => aStation(index))
const rollouts: Record<string, Shown> = {
  breached: { view: pausedByBreach, charts: busy },
  empty: { view: pending, charts: noCharts },
  large: { view: aRollout({ stations: stations(2000), verdict: manyGates }), charts: heavy },
  usual: { view: aRollout({ stations: stations(20) }), charts: busy },
  hostile: {
    view: {
      ...pausedByBreach,
      procedure: { ...pausedByBreach.procedure, name: hostile },
      stations: pausedByBreach.stations.map((station) => ({ ...station, name: hostile, site: hostile })),
    },
    charts: { ...busy, marks: [{ at: busy.from, label: hostile, kind: 'stage' }] },
  },
}
const ids = new Map(Object.keys(rollouts).map((name, index) => [rolloutId.parse(uuid(1, 50 + index)), name]))
const shown = (id: string): Shown | null => rollouts[ids.get(rolloutId.parse(id)) ?? ''] ?? null
const idOf = (name: string) => [...ids].find(([, each]) => each === name)?.[0] ?? ''

let site = ''
let checks: PageChecks
beforeAll(async () => {
  checks = await pageChecks()
  site = await listening(
    pageRoutes(
      siteOf({
        rollout: async (id) => shown(id)?.view ?? null,
        charts: async (id) => shown(id)?.charts ?? null,
        events: async (id) => (shown(id)?.view === pausedByBreach ? everyEvent : steps),
      }),
    ),
  )
})
afterAll(() => checks.close())

describe('the page of a rollout', () => {
  // Between empty and large, an ordinary one is a matter of weight alone.
  it('of twenty stations is light as well', async () => {
    expect((await (await fetch(`${site}/rollouts/${idOf('usual')}`)).text()).length).toBeLessThan(130_000)
  })

  it('scrolls sideways at no width, from a phone to a wall, nor on paper', async () => {
    const { page } = await checks.open(`${site}/rollouts/${idOf('breached')}`)
    for (const media of ['screen', 'print'] as const)
      for (const width of [390, 600, 794, 900, 1024, 1920, 3000]) {
        await page.emulateMedia({ media })
        await page.setViewportSize({ width, height: 900 })
        expect([media, width, await page.evaluate(() => document.documentElement.scrollWidth)]).toEqual([
          media,
          width,
          width,
        ])
      }
    await page.context().close()
  })

  for (const name of Object.keys(rollouts).filter((each) => each !== 'usual'))
    it(`stands in a browser: ${name}`, async () => {
      const keyboard = name === 'breached'
      expect(await checks.checkPage(`${site}/rollouts/${idOf(name)}`, { name, keyboard })).toEqual([])
    })
})
