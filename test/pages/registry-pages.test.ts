// The pages of the registry in a real browser: overview, fleet, procedure, station, build; full, empty and of 2,000 stations.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fleetRow } from '../../server/domain/fleet/fleet-row.ts'
import { fleetView } from '../../server/domain/fleet/fleet-view.ts'
import { overviewOf } from '../../server/domain/overview.ts'
import { pageRoutes } from '../../server/routes/pages/pages.ts'
import type { RegistryService } from '../../server/service/registry.ts'
import { noon } from '../support/fixed-values.ts'
import { fleetFacts, wrong } from '../support/fleet-builder.ts'
import { listening } from '../support/listening.ts'
import { type PageChecks, pageChecks } from '../support/page-check.ts'
import { siteOf } from '../support/page-site.ts'
import { aBuildDetail, aProcedureRecord, aStationRecord, dailyYields } from '../support/registry-builder.ts'
import { pausedByBreach } from '../views/support/rollout-stories.ts'

const long = 'W'.repeat(60)
const many = Array.from({ length: 2000 }, (_, index) =>
  fleetRow(
    fleetFacts(index + 1, {
      ...(index % 9 === 0 ? { ran: { ...wrong, at: noon } } : {}),
      ...(index % 7 === 0 ? { alarms: [{ kind: 'stale' as const, since: noon - index * 1000 }] } : {}),
      ...(index % 11 === 0 ? { aside: `held: ${long}` } : {}),
      station: {
        ...fleetFacts(index + 1).station,
        name: `ST-${index} ${index === 0 ? long : ''}`,
        line: `Line ${index % 70}`,
      },
    }),
  ),
)
const full: RegistryService = {
  overview: async () =>
    overviewOf({
      views: [pausedByBreach],
      moreLive: 0,
      alarms: pausedByBreach.stationAlarms,
      moreAlarms: 0,
      ended: [],
      procedures: [
        {
          ...pausedByBreach.procedure,
          active: wrong,
          stationCount: 2000,
          sites: 8,
          openAlarms: 3,
          live: { id: pausedByBreach.id, status: 'paused' },
          autoPush: false,
        },
      ],
    }),
  fleet: async (filter) => {
    const view = fleetView(many, filter)
    return {
      ...view,
      rows: view.rows.map((row) => ({
        ...row,
        connection: { state: 'silent', heardAt: noon, isClosed: false, busy: false },
      })),
    }
  },
  procedureRecord: async () => aProcedureRecord(),
  procedureYields: async () => dailyYields,
  stationRecord: async () => aStationRecord(),
  stationYields: async () => [{ procedure: aProcedureRecord(), yields: dailyYields }],
  buildDetail: async () => aBuildDetail(),
  buildDays: async () => dailyYields,
}
const empty: RegistryService = {
  ...full,
  overview: async () =>
    overviewOf({ views: [], moreLive: 0, alarms: [], moreAlarms: 0, ended: [], procedures: [] }),
  fleet: async (filter) => ({ ...fleetView([], filter), rows: [] }),
  procedureRecord: async () =>
    aProcedureRecord({ builds: [], buildCount: 0, past: [], stationCount: 0, live: null }),
  procedureYields: async () => ({ ...dailyYields, days: [], marks: [] }),
  stationRecord: async () =>
    aStationRecord({
      procedures: [],
      pins: [],
      pickups: [],
      rollouts: [],
      alarms: [],
      errors: [],
      keys: [],
      acts: [],
      runs: [],
      telemetry: {},
      checks: {},
    }),
  stationYields: async () => [],
  buildDetail: async () =>
    aBuildDetail({
      rollouts: [],
      stations: [],
      log: [],
      diff: { whyNot: 'no base is known. Name one.' },
      runs: { total: 0, pass: 0, fail: 0, error: 0, timeout: 0, aborted: 0, shadow: 0, lastAt: null },
    }),
}
const pages = {
  overview: '/',
  fleet: '/fleet',
  procedure: `/procedures/${aProcedureRecord().id}`,
  station: `/stations/${aStationRecord().id}`,
  build: `/deployments/${aBuildDetail().id}`,
}

let checks: PageChecks
const sites = { full: '', empty: '' }
beforeAll(async () => {
  checks = await pageChecks()
  sites.full = await listening(pageRoutes(siteOf({ registry: full })))
  sites.empty = await listening(pageRoutes(siteOf({ registry: empty })))
})
afterAll(() => checks.close())

describe('pages of the registry', () => {
  for (const kind of ['full', 'empty'] as const)
    for (const [name, path] of Object.entries(pages))
      it(`stand in a browser: ${name}, ${kind}`, async () => {
        expect(
          await checks.checkPage(`${sites[kind]}${path}`, {
            name: `${name}-${kind}`,
            keyboard: name === 'overview',
          }),
        ).toEqual([])
      })

  it('filter the fleet by a form, which the address then tells', async () => {
    const { page, problems } = await checks.open(`${sites.full}/fleet`, { script: false })
    await page.selectOption('select[name=trouble]', 'drifted')
    await page.fill('input[name=search]', 'ST-9')
    await page.click('button[type=submit]')
    await page.waitForURL(/trouble=drifted/)
    const names = await page.locator('.fleet tbody th').allTextContents()
    expect(names.length).toBeGreaterThan(0)
    expect(names.every((each) => each.includes('ST-9'))).toBe(true)
    expect(await page.locator('select[name=trouble]').inputValue()).toBe('drifted')
    expect(problems).toEqual([])
  })

  it('bring themselves up to date', async () => {
    const { page } = await checks.open(`${sites.full}/`)
    await page.waitForFunction(() =>
      document.querySelector('[data-live]')?.textContent?.includes('Checked every'),
    )
    expect(await page.locator('[data-live]').textContent()).toContain('Checked every 10 s.')
  })
})
