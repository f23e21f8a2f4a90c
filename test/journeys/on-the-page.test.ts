// A person at a browser who decides on the page: signs in with Slack, advances with a reason, and the cards follow.
import type { Page } from 'playwright-core'
import { expect, onTestFinished, test } from 'vitest'
import { openBrowser } from '../../demo/pictures/open-browser.ts'
import { ines, marek, pageLink, words } from './support/channel.ts'
import { journey } from './support/journey.ts'

test('a person signs in with Slack and decides on the page, and Slack shows it at once', async () => {
  const { channel, api } = await journey({ stations: 4, speed: 120 })
  await channel.type(marek, 'start PCBA-FCT 2.4.1 --stages 1,3,100% tightened limits')
  const page = await opened(pageLink(await channel.card(1)))
  expect(page.url()).not.toContain('key=')

  await page.getByRole('banner').getByRole('link', { name: 'Sign in with Slack' }).click()
  await page.getByLabel('Who you are').selectOption({ label: 'Ines Duarte, Factory' })
  await page.getByRole('button', { name: 'Allow' }).click()
  await page.getByText('As Ines Duarte').waitFor()

  await page.getByText('although it is not ready').click()
  await page.getByLabel('Why advance all the same?').fill('the line is waiting')
  await page.getByRole('button', { name: 'Override and advance' }).click()
  await page.getByRole('status').getByText('Done').waitFor()
  expect(await page.getByRole('heading', { name: 'Stage 2 of 3' }).count()).toBe(1)

  const first = await channel.card(1, (card) => words(card).includes('the line is waiting'))
  expect(words(first)).toMatch(/\*Advanced\*, overriding: .* by Ines Duarte/)
  await channel.card(2)
  expect((await api.rollout()).lastDecision.by).toMatchObject({ id: ines, door: 'page' })

  // While the form is open somebody else pauses in Slack: what was written for another state is not done.
  const share = page.locator('[data-keep="decide-set"]')
  await page.getByText('Set a share…').click()
  await share.getByLabel('Share of the stations').fill('100')
  await share.getByLabel('Why').fill('night shift')
  await channel.type(marek, 'pause PCBA-FCT looking at fixture 3')
  await page.getByRole('heading', { name: 'Paused in stage 2 of 3' }).waitFor()
  await share.getByRole('button').click()
  await page.getByRole('alert').getByText('Marek Nowak paused').waitFor()
  expect(await share.getByLabel('Why').inputValue()).toBe('night shift')

  const abort = page.locator('[data-keep="decide-abort"]')
  await page.getByText('Abort…').click()
  await abort.getByLabel('Reason').selectOption('Wrong build or wrong stations')
  await abort.getByLabel('Take all stations back').check()
  await abort.getByRole('button').click()
  await channel.card(2, (card) => words(card).includes('Wrong build or wrong stations'))

  await page.getByRole('button', { name: 'Sign out', exact: true }).click()
  await page.getByRole('heading', { name: 'You are signed out' }).waitFor()
})

async function opened(address: string): Promise<Page> {
  const browser = await openBrowser()
  onTestFinished(() => browser.close())
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
  page.setDefaultTimeout(20_000)
  const problems: string[] = []
  page.on('console', (line) => line.type() === 'error' && problems.push(line.text()))
  page.on('pageerror', (error) => problems.push(error.message))
  // A form that is refused is answered with its status, of which the browser's console tells.
  onTestFinished(() => expect(problems.filter((each) => !each.includes('status of 409'))).toEqual([]))
  await page.goto(address)
  return page
}
