// One browser for all tests of pages, which connect to it.
import { chromium } from 'playwright-core'
import type { TestProject } from 'vitest/node'
import { browserToLaunch, launched } from '../../demo/pictures/open-browser.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the browser listens; absent in projects that have none. */
    browser?: string
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const options = await browserToLaunch()
  const server = await launched(() => chromium.launchServer(options))
  project.provide('browser', server.wsEndpoint())
  return () => server.close()
}
