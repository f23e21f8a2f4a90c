// A person at a browser: starts a rollout in the workspace, advances it, and reads its page with and without script.
import type { Browser, Page } from 'playwright-core'
import { expect, onTestFinished, test } from 'vitest'
import { openBrowser } from '../../demo/pictures/open-browser.ts'
import { journey } from './support/journey.ts'
import { readyToStay } from './support/ready-to-stay.ts'
import { until } from './support/until.ts'

test('a person fills the form, sees the card, advances it and opens its page', async () => {
  const place = await journey({ stations: 4 })
  const { slack, api, factory } = place
  const browser = await openedBrowser()
  const page = await opened(browser, slack.url)

  await page.getByRole('textbox', { name: 'Message' }).fill('/rollout start')
  await page.getByRole('button', { name: 'Send' }).click()
  const form = page.getByRole('dialog', { name: 'Start a rollout' })
  await form.getByRole('combobox', { name: 'Procedure' }).fill('pcba')
  await form.getByRole('option', { name: 'PCBA-FCT' }).click()
  await form.getByText('4 stations take part').waitFor()
  await form.getByRole('combobox', { name: 'Build' }).fill('2.4.1')
  await form.getByRole('option', { name: /2\.4\.1/ }).click()
  await form.getByLabel('Plan', { exact: true }).selectOption({ value: 'hot-fix' })
  const preview = await until('the preview names every station', async () => {
    const text = (await form.textContent()) ?? ''
    return factory.stationNames.every((name) => text.includes(name)) ? text : null
  })
  expect(preview).toMatch(/Stage 1, 1\sstation: (LYON|PENANG)/)
  await form.getByLabel('Why').fill('tightened limits')
  await form.getByRole('button', { name: 'Start', exact: true }).click()
  await form.waitFor({ state: 'detached' })
  const first = page.getByRole('heading', { name: /PCBA-FCT 2\.4\.1 · stage 1 of 2/ })
  await first.waitFor()
  expect((await api.rollout()).reason).toBe('tightened limits')

  await readyToStay(place)
  await page.getByText(/Next\s+Advance takes it to all/).waitFor({ timeout: 60_000 })
  await page.getByRole('button', { name: /Advance .* to the next stage|^Advance$/ }).click()
  await page.getByRole('heading', { name: /stage 1 of 2 · done/ }).waitFor()
  await page.getByRole('heading', { name: /stage 2 of 2/ }).waitFor()
  expect((await api.rollout()).stageIndex).toBe(1)

  const link = page.getByRole('link', { name: /Charts and history|Open the page/ }).first()
  const address = (await link.getAttribute('href')) ?? ''
  const withScript = await opened(browser, address)
  await withScript.getByRole('heading', { level: 1 }).waitFor()
  const script = await charts(withScript)
  expect(script).toBeGreaterThan(1)
  await withScript.locator('figure').first().scrollIntoViewIfNeeded()
  await withScript.locator('figure .vega-embed svg').first().waitFor()
  await withScript.getByText('Ines Duarte').first().waitFor()

  const plain = await browser.newContext({ javaScriptEnabled: false })
  const withoutScript = await plain.newPage()
  expect((await withoutScript.goto(address))?.status()).toBe(200)
  expect(await charts(withoutScript)).toBe(script)
  expect(await withoutScript.locator('.vega-embed').count()).toBe(0)
})

/** Drawings of some size that can be seen. */
async function charts(page: Page): Promise<number> {
  const drawings = page.locator('figure svg:visible')
  await drawings.first().waitFor()
  const boxes = await Promise.all((await drawings.all()).map((each) => each.boundingBox()))
  return boxes.filter((box) => box !== null && box.width > 200 && box.height > 80).length
}

async function opened(browser: Browser, address: string): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
  page.setDefaultTimeout(20_000)
  const problems: string[] = []
  page.on('console', (line) => line.type() === 'error' && problems.push(line.text()))
  page.on('pageerror', (error) => problems.push(error.message))
  onTestFinished(() => expect(problems).toEqual([]))
  await page.goto(address)
  return page
}

async function openedBrowser(): Promise<Browser> {
  const browser = await openBrowser()
  onTestFinished(() => browser.close())
  return browser
}
