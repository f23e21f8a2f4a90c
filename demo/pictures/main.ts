// `npm run pictures`: walks through every surface in a browser as a person would, and keeps the pictures of the docs.
import { mkdir } from 'node:fs/promises'
import { camera } from './camera.ts'
import { openBrowser } from './open-browser.ts'
import { walkBadBuild, walkGoodBuild } from './walks.ts'

const [folder = 'docs/pictures'] = process.argv.slice(2)

await mkdir(folder, { recursive: true })
const browser = await openBrowser()
try {
  const shots = camera(browser, folder)
  await walkBadBuild(shots)
  await walkGoodBuild(shots)
  if (shots.problems.length > 0) throw new Error(`pages complained:\n${shots.problems.join('\n')}`)
} finally {
  await browser.close()
}
