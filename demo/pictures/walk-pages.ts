// The pages beside a rollout's own: while a bad build is held, and after it was taken back.
import type { Page } from 'playwright-core'
import type { Camera } from './camera.ts'

type Eyes = Pick<Camera, 'open' | 'take'>

export async function walkRegistry({ open, take }: Eyes, site: string): Promise<void> {
  const page = await open(`${site}/`, { height: 900 })
  await take(page, 'overview.png')
  await follow(page, 'Fleet')
  await take(page, 'fleet.png')
  await page.getByRole('main').locator('a[href*="/stations/"]').first().click()
  await drawn(page)
  await take(page, 'station.png')
  await page.getByRole('main').locator('a[href*="/procedures/"]').first().click()
  await drawn(page)
  await take(page, 'procedure.png')
  await page.getByRole('main').locator('a[href*="/deployments/"]').first().click()
  await drawn(page)
  await take(page, 'build.png')
}

/** @param rollout the page of the rollout that was aborted. */
export async function walkAfterwards({ open, take }: Eyes, rollout: Page, site: string): Promise<void> {
  await rollout.reload()
  await rollout.locator('a[href$="/containment"]').first().click()
  await take(rollout, 'containment.png')
  await rollout.locator('a[href*="/ledger"]').first().click()
  await take(rollout, 'ledger.png')
  await rollout.locator('summary').first().click()
  await rollout.locator('a[href*="/ledger/"]:visible').first().click()
  await take(rollout, 'verdict-again.png')

  const page = await open(`${site}/history`, { height: 900 })
  await take(page, 'history.png')
  await page.getByRole('main').locator('a[href$="/learning"]').first().click()
  await take(page, 'learning.png')
}

async function follow(page: Page, name: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Site' }).getByRole('link', { name }).click()
}

function drawn(page: Page): Promise<void> {
  return page.locator('figure svg:visible').first().waitFor()
}
