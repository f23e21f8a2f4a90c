// The way in and out, and the forms of a rollout's page, in a real browser.
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pageRoutes } from '../../server/routes/pages/pages.ts'
import { listening } from '../support/listening.ts'
import { type PageChecks, pageChecks } from '../support/page-check.ts'
import { aDoorway } from '../support/page-doorway.ts'
import { siteOf } from '../support/page-site.ts'
import { aBreach, aPausedRollout, aStation } from '../support/rollout-view-builder.ts'

const hostile = '<img src=x onerror=alert(1)>"\''
const view = aPausedRollout({
  stageIndex: 1,
  stations: [aStation(0, { status: 'pinned', name: hostile }), aStation(1)],
  breaches: [aBreach({ gate: hostile })],
  readiness: {
    ready: false,
    items: [{ kind: 'approvals', met: false, text: '0 of 1 approvals', done: 0, needed: 1 }],
  },
})

let site = ''
let closed = ''
let checks: PageChecks
beforeAll(async () => {
  checks = await pageChecks()
  site = await listening(pageRoutes(siteOf({ rollout: async () => view })))
  const signIn = {
    begin: async () => 'no answer' as const,
    finish: async () => 'denied' as const,
    people: { identify: async () => ({ refused: '' }), mayAct: async () => ({ refused: '' }) },
  }
  closed = await listening(pageRoutes(siteOf({ ...aDoorway(() => null), signIn })))
})
afterAll(() => checks.close())

async function openForms(page: Page): Promise<void> {
  for (const summary of await page.locator('.decide summary').all()) await summary.click()
}

async function refusedForm(page: Page): Promise<void> {
  await page.locator('[data-keep="decide-resume"] summary').click()
  await page.locator('[data-keep="decide-resume"] textarea').fill(hostile)
  await page.locator('[data-keep="decide-resume"] button').click()
  await page.getByRole('alert').getByText('Nothing is decided here').waitFor()
}

describe('the forms of a rollout’s page', () => {
  const url = () => `${site}/rollouts/${view.id}`

  it('stand in a browser when they are open', async () => {
    expect(await checks.checkPage(url(), { name: 'decide', before: openForms, keyboard: false })).toEqual([])
  })

  it('are there again with what was written when they were refused', async () => {
    const { page, problems } = await checks.open(url())
    await refusedForm(page)
    expect(await page.locator('[data-keep="decide-resume"] textarea').inputValue()).toBe(hostile)
    expect(problems.filter((each) => !each.includes('409'))).toEqual([])
    await page.context().close()
  })
})

describe('pages that are closed', () => {
  const pages: [string, string, number][] = [
    ['a rollout’s', `/rollouts/${view.id}`, 403],
    ['one whose key is not its own', `/rollouts/${view.id}?key=no`, 403],
    ['any other', '/history', 403],
    ['the one that nobody signed in at', '/signin/callback', 403],
    ['the way in while Slack is away', '/signin', 503],
    ['the way out', '/signout', 200],
  ]
  for (const [name, path, status] of pages)
    it(`stand in a browser: ${name}`, async () => {
      expect(await checks.checkPage(`${closed}${path}`, { name, status })).toEqual([])
    })
})
