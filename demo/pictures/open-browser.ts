// A browser to look at what people see: the machine's Chromium, else the bundled one.
import { existsSync } from 'node:fs'
import bundled from '@sparticuz/chromium'
import { type Browser, chromium, type LaunchOptions } from 'playwright-core'

const installed = '/usr/bin/chromium'

export async function openBrowser(): Promise<Browser> {
  const options = await browserToLaunch()
  return launched(() => chromium.launch(options))
}

/** A browser now and then crashes as it starts, on a machine that is busy: it gets three tries. */
export async function launched<Opened>(launch: () => Promise<Opened>, tries = 3): Promise<Opened> {
  try {
    return await launch()
  } catch (error) {
    if (tries <= 1) throw error
    return launched(launch, tries - 1)
  }
}

export async function browserToLaunch(): Promise<LaunchOptions> {
  const executablePath = existsSync(installed) ? installed : await bundled.executablePath()
  // One process for everything, as the bundled settings ask, takes all pages down when one is closed.
  const usual = bundled.args.filter((arg) => arg !== '--single-process' && arg !== '--no-zygote')
  const args = [...usual, '--no-sandbox', '--disable-gpu', '--disable-background-networking']
  return { executablePath, args, headless: true }
}
