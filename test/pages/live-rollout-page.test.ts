// A rollout's page that stays open while things change, in a real browser.
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { hour } from '../../server/domain/instant.ts'
import type { TimeRange } from '../../server/domain/time-range.ts'
import type { Watcher } from '../../server/rollout-watchers.ts'
import { pageRoutes } from '../../server/routes/pages/pages.ts'
import { listening } from '../support/listening.ts'
import { type PageChecks, pageChecks } from '../support/page-check.ts'
import { siteOf } from '../support/page-site.ts'
import { aRollout, aStation } from '../support/rollout-view-builder.ts'
import { rolloutCharts, start } from '../views/support/rollout-charts.ts'
import { everyEvent } from '../views/support/rollout-events.ts'

const first = aRollout({ stations: Array.from({ length: 12 }, (_, index) => aStation(index)) })
const charts = rolloutCharts({ hours: 12, canaryYield: 0.9, baseYield: 0.98 })
const watchers = new Set<Watcher>()
let view = first
let mark = '1'
let ranges: (TimeRange | null)[] = []
let loads = 0

/** Something of the rollout changes, and whoever watches hears of it. */
function change(part: Partial<typeof first>): void {
  view = { ...view, ...part }
  mark = String(Number(mark) + 1)
  for (const { heard } of watchers) heard(mark)
}

let site = ''
let checks: PageChecks
beforeAll(async () => {
  checks = await pageChecks()
  site = await listening(
    pageRoutes(
      siteOf({
        rollout: async () => view,
        charts: async (_, range) => {
          ranges.push(range)
          const hours = charts.hours.filter(({ hour: at }) => !range || (at >= range.from && at < range.to))
          return { ...charts, ...range, hours, isPart: range !== null }
        },
        events: async () => everyEvent,
        mark: async () => mark,
        watchers: {
          watch(_, watcher) {
            watchers.add(watcher)
            queueMicrotask(() => watcher.heard(mark))
            return () => watchers.delete(watcher)
          },
        },
      }),
    ),
  )
})
afterAll(() => checks.close())

async function opened(): Promise<Page> {
  view = first
  ranges = []
  loads = 0
  const { page, problems } = await checks.open('about:blank')
  page.on('load', () => loads++)
  await page.goto(`${site}/rollouts/${first.id}`)
  await page.getByText('Live: changes come by themselves.').waitFor()
  onTestFinished(async () => {
    await page.context().close()
    expect(problems).toEqual([])
  })
  return page
}

test('what changes comes by itself; what a reader opened, sorted and wrote stays', async () => {
  const page = await opened()
  const names = page.locator('table.stations tbody th')
  const byName = page.locator('table.stations thead button').first()
  await byName.click()
  await byName.click()
  expect(await names.first().textContent()).toBe('FCT-12')
  await page.getByText(/adds 7 stations/).click()
  await page.getByText(/earlier events/).click()
  change({
    status: 'paused',
    pause: { reason: 'person', why: 'the fixture is checked', by: first.owner, at: start },
    stations: first.stations.map((station, index) =>
      index === 2 ? { ...station, status: 'pulled' } : station,
    ),
  })
  await page.getByRole('heading', { name: 'Paused in stage 2 of 4' }).waitFor()
  await page.locator('.station-status.pulled').waitFor()
  expect(await names.first().textContent()).toBe('FCT-12')
  expect(await page.locator('table.stations thead th').first().getAttribute('aria-sort')).toBe('descending')
  expect(await page.locator('details[data-keep="stage-3"]').getAttribute('open')).not.toBeNull()
  expect(await page.locator('details[data-keep="record"]').getAttribute('open')).not.toBeNull()
  expect(await page.title()).toContain('Paused in stage 2 of 4')
  expect(loads).toBe(1)
})

test('a page that loses its stream looks by itself, and says so', async () => {
  const page = await opened()
  for (const { ended } of [...watchers]) ended()
  await page.getByText(/Checked every 5 s\./).waitFor()
  await page.getByText('Live: changes come by themselves.').waitFor({ timeout: 20_000 })
})

test('a part of the time that the form asks for is shown by all charts, and the address names it', async () => {
  const page = await opened()
  await page.locator('input[name=from]').fill('2026-03-03T08:00')
  await page.locator('input[name=to]').fill('2026-03-03T10:00')
  await page.getByRole('button', { name: 'Show' }).click()
  await page.getByText(/^Only/).waitFor()
  expect(new URL(page.url()).searchParams.get('from')).toBe('2026-03-03T08:00:00.000Z')
  // Charts of the whole may still be on their way to the page that was.
  expect(ranges.findLast((range) => range !== null)).toEqual({ from: start + 2 * hour, to: start + 4 * hour })
  await page.goBack()
  await page.getByText(/^The whole rollout/).waitFor()
  expect(loads).toBe(1)
})

test('a stroke over a chart asks for the time under it', async () => {
  const page = await opened()
  const chart = page.locator('figure[data-part="chart-first-pass-yield"]')
  await chart.scrollIntoViewIfNeeded()
  await chart.locator('.vega-embed svg').waitFor()
  const plot = await chart.locator('.vega-embed svg').boundingBox()
  if (!plot) throw new Error('no plot')
  const y = plot.y + plot.height * 0.5
  await page.mouse.move(plot.x + plot.width * 0.45, y)
  await page.mouse.down()
  await page.mouse.move(plot.x + plot.width * 0.6, y, { steps: 5 })
  await page.mouse.move(plot.x + plot.width * 0.7, y, { steps: 5 })
  await page.mouse.up()
  await page.getByText(/^Only/).waitFor()
  const asked = ranges.findLast((range) => range !== null)
  expect(asked?.from).toBeGreaterThan(start + hour)
  expect(asked?.to).toBeLessThan(start + 12 * hour)
  await page.getByRole('link', { name: 'Show the whole rollout' }).click()
  await page.getByText(/^The whole rollout/).waitFor()
  expect(loads).toBe(1)
})

test('without script the form asks the server', async () => {
  const { page } = await checks.open(`${site}/rollouts/${first.id}`, { script: false })
  onTestFinished(() => page.context().close())
  await page.locator('input[name=from]').fill('2026-03-03T08:00')
  await page.locator('input[name=to]').fill('2026-03-03T10:00')
  await page.getByRole('button', { name: 'Show' }).click()
  await page.getByText(/^Only/).waitFor()
  expect(ranges.at(-1)).toEqual({ from: start + 2 * hour, to: start + 4 * hour })
})
