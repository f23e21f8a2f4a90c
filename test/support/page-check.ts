// What every page must stand in a real browser: a phone and a desk, light and dark, a keyboard and a screen reader.
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { inject } from 'vitest'
import { keyboardFaults } from './keyboard-check.ts'

export type PageChecks = {
  /** What is wrong with the page, in words; empty when nothing is. */
  checkPage(url: string, options?: CheckOptions): Promise<string[]>
  /** A page to act on; its complaints are added to `problems`. */
  open(url: string, look?: Look): Promise<{ page: Page; problems: string[] }>
  close(): Promise<void>
}
type Look = { width?: number; dark?: boolean; script?: boolean; headers?: Record<string, string> }
type CheckOptions = {
  /** The answer that is expected; 200 unless it is told. */
  status?: number
  /** Sent with every request, as a cookie. */
  headers?: Record<string, string>
  /** Tab is pressed through the whole page: leave it out (false) where a like page is checked already. */
  keyboard?: boolean
  /** Done on the page before it is looked at, such as waiting for a chart. */
  before?: (page: Page) => Promise<void>
  /** With PAGE_PICTURES=folder in the environment, pictures of this name are kept there to be looked at. */
  name?: string
}

const mostBytes = 150_000
const looks = [
  { width: 1280, dark: false },
  { width: 1280, dark: true },
  { width: 390, dark: false },
] as const

/** Of the project `pages`, which has a browser. Close it when the file is done. */
export async function pageChecks(): Promise<PageChecks> {
  const endpoint = inject('browser')
  if (!endpoint) throw new Error('this project has no browser: tests of pages stand in test/pages')
  const browser = await chromium.connect(endpoint)
  return {
    async checkPage(url, options = {}) {
      const { status = 200, keyboard = true } = options
      const faults: string[] = await weightFaults(url, status, options.headers)
      for (const look of looks)
        faults.push(...(await lookFaults(browser, url, look, { ...options, status, keyboard })))
      return [...new Set(faults)]
    },
    async open(url, look = {}) {
      const { page, problems } = await opened(browser, look)
      await page.goto(url)
      return { page, problems }
    },
    close: () => browser.close(),
  }
}

/** Bytes of the page itself, before its stylesheet and the library that draws charts. */
async function weightFaults(
  url: string,
  status: number,
  headers?: Record<string, string>,
): Promise<string[]> {
  const answer = await fetch(url, headers ? { headers } : {})
  const bytes = (await answer.arrayBuffer()).byteLength
  return [
    ...(answer.status === status ? [] : [`status ${answer.status}, expected ${status}`]),
    ...(bytes <= mostBytes ? [] : [`${bytes} bytes of HTML, expected at most ${mostBytes}`]),
  ]
}

async function lookFaults(
  browser: Browser,
  url: string,
  look: (typeof looks)[number],
  { headers = {}, before, keyboard, name, status }: CheckOptions,
): Promise<string[]> {
  const { page, problems, context } = await opened(browser, { ...look, headers })
  try {
    await page.goto(url)
    await before?.(page)
    await keepPicture(page, name, look)
    const atThatLook = [
      ...(await overflow(page)),
      ...(await axeFaults(page)),
      ...(keyboard && !look.dark && look.width > 1000 ? await keyboardFaults(page) : []),
    ]
    const said = problems.filter((text) => status === 200 || !text.includes(`status of ${status}`))
    return [...atThatLook, ...said].map((fault) => `${look.width} px${look.dark ? ', dark' : ''}: ${fault}`)
  } finally {
    await context.close()
  }
}

async function opened(
  browser: Browser,
  { width = 1280, dark = false, script = true, headers = {} }: Look,
): Promise<{ page: Page; problems: string[]; context: BrowserContext }> {
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    colorScheme: dark ? 'dark' : 'light',
    javaScriptEnabled: script,
    extraHTTPHeaders: headers,
    reducedMotion: 'reduce',
  })
  const page = await context.newPage()
  const problems: string[] = []
  page.on('console', (line) => line.type() === 'error' && problems.push(`console: ${line.text()}`))
  page.on('pageerror', (error) => problems.push(`error: ${error.message}`))
  return { page, problems, context }
}

/** What stands out at the right, so that the whole page can be moved sideways. */
async function overflow(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth
    if (document.documentElement.scrollWidth <= width) return []
    const out = [...document.querySelectorAll('main *, header *, footer *')].filter(
      (each) => each.getBoundingClientRect().right > width + 1,
    )
    const innermost = out.filter((each) => !out.some((other) => other !== each && each.contains(other)))
    return innermost
      .slice(0, 3)
      .map(
        (each) =>
          `scrolls sideways: <${each.localName} class="${each.getAttribute('class') ?? ''}"> ${(each.textContent ?? '').trim().slice(0, 40)}`,
      )
  })
}

async function axeFaults(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page })
    .options({ resultTypes: ['violations'], preload: false, iframes: false })
    .analyze()
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, help, nodes }) =>
        `${id} (${help}): ${nodes
          .slice(0, 3)
          .map(({ html }) => html.slice(0, 160))
          .join(' | ')}`,
    )
}

async function keepPicture(page: Page, name: string | undefined, { width, dark }: Look): Promise<void> {
  const folder = process.env.PAGE_PICTURES
  if (!folder || name === undefined) return
  await page.screenshot({ path: join(folder, `${name}-${width}${dark ? '-dark' : ''}.png`), fullPage: true })
}
