// Opens pages as people have them (desktop or phone, light or dark) and keeps what it sees.
import { join } from 'node:path'
import type { Browser, Locator, Page } from 'playwright-core'

export type Look = { width?: number; height?: number; dark?: boolean }
export type Camera = ReturnType<typeof camera>

/** Every complaint of a page is collected: a picture of a broken page is no picture. */
export function camera(browser: Browser, folder: string) {
  const problems: string[] = []
  const pages = new Set<Page>()

  async function open(
    address: string,
    { width = 1280, height = 1500, dark = false }: Look = {},
  ): Promise<Page> {
    const page = await browser.newPage({
      viewport: { width, height },
      colorScheme: dark ? 'dark' : 'light',
      deviceScaleFactor: width < 600 ? 2 : 1,
    })
    pages.add(page)
    page.setDefaultTimeout(60_000)
    page.on('console', (line) => line.type() === 'error' && problems.push(`${address}: ${line.text()}`))
    page.on('pageerror', (error) => problems.push(`${address}: ${error.message}`))
    await page.goto(address)
    return page
  }

  /** Fonts, pictures and the newest state are given a moment to arrive. */
  async function take(what: Page | Locator, file: string): Promise<void> {
    const page = 'page' in what ? what.page() : what
    await page.evaluate(() => document.fonts.ready)
    await page.waitForTimeout(500)
    const shoot = () => what.screenshot({ path: join(folder, file), animations: 'disabled' })
    // A message that is drawn anew at this moment is gone for a blink.
    await shoot().catch(shoot)
    process.stdout.write(`${file}\n`)
  }

  /** Before what they show is gone: they would complain. */
  async function close(): Promise<void> {
    await Promise.all([...pages].map((page) => page.close()))
    pages.clear()
  }

  return { open, take, close, problems }
}
