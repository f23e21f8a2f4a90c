// A browser to look at what people see: the machine's Chromium, else the bundled one.
import { existsSync } from 'node:fs'
import bundled from '@sparticuz/chromium'
import { type Browser, chromium, type LaunchOptions } from 'playwright-core'

const installed = '/usr/bin/chromium'

export async function openBrowser(): Promise<Browser> {
  return chromium.launch(await browserToLaunch())
}

export async function browserToLaunch(): Promise<LaunchOptions> {
  const executablePath = existsSync(installed) ? installed : await bundled.executablePath()
  // One process for everything, as the bundled settings ask, takes all pages down when one is closed.
  const usual = bundled.args.filter((arg) => arg !== '--single-process' && arg !== '--no-zygote')
  const args = [...usual, '--no-sandbox', '--disable-gpu', '--disable-background-networking']
  return { executablePath, args, headless: true }
}
