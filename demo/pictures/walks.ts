// Two walks: a build that false-fails from the form of its start to its summary, and a good one up to its approval.
import type { Locator, Page } from 'playwright-core'
import type { Camera } from './camera.ts'
import { runningDemo } from './running-demo.ts'
import { walkAfterwards, walkRegistry } from './walk-pages.ts'

const phone = { width: 390, height: 1500 }

export async function walkBadBuild({ open, take, close }: Camera): Promise<void> {
  const demo = await runningDemo('broken', 10)
  try {
    const page = await open(demo.slack)
    const build = message(page, 'New build')
    await build.waitFor()
    await take(build, 'new-build.png')
    await button(build, /start/i).click()
    const form = page.getByRole('dialog', { name: 'Start a rollout' })
    await form
      .getByText(/Stage 1/)
      .first()
      .waitFor()
    await take(form, 'start-form.png')
    await button(form, 'More settings').click()
    await form.getByText('What do you expect').waitFor()
    await take(form, 'start-form-more.png')
    await form.getByLabel('Why').fill('3V3 rail limits tightened')
    await button(form, 'Start').click()
    await form.waitFor({ state: 'detached' })

    const breach = message(page, 'acknowledge it with a reason, or abort')
    await breach.waitFor({ timeout: 300_000 })
    await take(breach, 'breach.png')
    const card = message(page, 'Stations now')
    await take(card, 'card-breached.png')
    await takeElsewhere({ open, take }, demo.slack, 'card-dark.png', { dark: true })
    await takeElsewhere({ open, take }, demo.slack, 'card-phone.png', phone)
    await page.getByRole('link', { name: 'Firstpass Home' }).click()
    await page.getByText('Waiting for me').waitFor()
    await take(page, 'home.png')
    await page.getByRole('link', { name: /pcba-rollouts/ }).click()

    await say(page, '/rollout config PCBA-FCT')
    const settings = page.getByRole('dialog', { name: 'Rollout settings' })
    await button(settings, 'Save').waitFor()
    await take(settings, 'settings.png')
    await button(settings, 'Cancel').click()

    const address =
      (await card
        .getByRole('link', { name: /Charts|page/ })
        .first()
        .getAttribute('href')) ?? ''
    await say(page, address)
    await page.waitForTimeout(1500)
    await take(page.getByRole('article').last(), 'unfurl.png')
    const charts = await open(address)
    await charts.locator('figure svg:visible').first().waitFor()
    await take(charts, 'page.png')
    const small = await open(address, { ...phone, dark: true })
    await small.locator('figure svg:visible').first().waitFor()
    await take(small, 'page-phone-dark.png')
    const site = new URL(address).origin
    await walkRegistry({ open, take }, site)

    await button(card, 'Abort…').click()
    const abort = page.getByRole('dialog')
    await button(abort, /Abort/).waitFor()
    await take(abort, 'abort.png')
    await abort.getByRole('textbox').last().fill('fails good units')
    await button(abort, /Abort/).click()
    const summary = message(page, 'Took ')
    await summary.waitFor({ timeout: 120_000 })
    await take(summary, 'summary.png')
    await walkAfterwards({ open, take }, charts, site)
  } finally {
    await close()
    await demo.stop()
  }
}

export async function walkGoodBuild({ open, take, close }: Camera): Promise<void> {
  const demo = await runningDemo('approvals', 10)
  try {
    const page = await open(demo.slack)
    await say(page, '/rollout start PCBA-FCT 2.4.1 --stages 3,6,all settles faster')
    const card = message(page, 'Stations now')
    await card.getByText('Done').first().waitFor({ timeout: 300_000 })
    await button(card, 'Advance').click()
    const override = page.getByRole('dialog')
    await override.waitFor()
    await take(override, 'override.png')
    await button(override, /Cancel|Close/)
      .first()
      .click()
    const request = message(page, 'approval')
    await button(request, 'Approve').waitFor({ timeout: 600_000 })
    await take(request, 'approval.png')
    // The verdict has changed: its picture follows a moment later.
    await page.waitForTimeout(30_000)
    await take(card, '../card.png')
  } finally {
    await close()
    await demo.stop()
  }
}

/** The newest message that says this. */
function message(page: Page, words: string): Locator {
  return page.getByRole('article').filter({ hasText: words }).last()
}

/** By what it shows: screen readers are told more. */
function button(where: Page | Locator, words: string | RegExp): Locator {
  return where.locator('button').filter({ hasText: words }).first()
}

async function say(page: Page, text: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Message' }).fill(text)
  await button(page, 'Send').click()
}

async function takeElsewhere(
  { open, take }: Pick<Camera, 'open' | 'take'>,
  address: string,
  file: string,
  look: { width?: number; height?: number; dark?: boolean },
): Promise<void> {
  const page = await open(address, look)
  await message(page, 'Stations now').waitFor()
  await take(page, file)
}
