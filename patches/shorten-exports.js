// Folds the exports of drizzle-orm into one pattern, after each install. They are 170 kB of package.json, which Node 24
// parses anew for every import within the package: of 2.9 s to load the service's modules that was 1.2 s. All paths stay.
import { readFileSync, writeFileSync } from 'node:fs'

const file = new URL('../node_modules/drizzle-orm/package.json', import.meta.url)
const found = JSON.parse(readFileSync(file, 'utf8'))
if (!('./*' in found.exports))
  writeFileSync(file, JSON.stringify({ ...found, exports: folded(found.exports) }, null, 2))

/** "./alias" leads to "./alias.js", as the pattern says; the folders, which lead to their index, are named. */
function folded(exports) {
  const named = Object.entries(exports).map(([path, each]) => [path, each.import.default])
  const others = named.filter(([path, target]) => target !== `${path}.js`)
  return { ...Object.fromEntries(others), './*': './*.js' }
}
