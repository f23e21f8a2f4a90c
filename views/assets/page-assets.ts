// The files that pages load, from this folder and from the packages that draw charts in a browser.
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { PageAssets } from '../page-document.ts'

export type AssetFile = {
  name: string
  body: Buffer
  zipped: Buffer
  type: string
  etag: string
}

const zip = promisify(gzip)

/** In the order in which they are read: what is narrower or more special comes later. */
const styles = [
  'base',
  'frame',
  'tables',
  'charts',
  'tooltips',
  'rollout',
  'decide',
  'history',
  'containment',
  'ledger',
  'registry',
  'small-screens',
  'wall-and-paper',
]
const scripts = ['page', 'charts', 'fresh', 'live', 'range', 'sort', 'times']

/**
 * Read once. The hash of all of them is the folder in their addresses: browsers keep a file for good and still get the
 * next one, and a script that loads another gets the one of its own time.
 */
export async function loadPageAssets(): Promise<{ urls: PageAssets; files: Map<string, AssetFile> }> {
  const files = await Promise.all([
    styleSheet(),
    ...scripts.map((name) => assetFile(join(import.meta.dirname, 'scripts', `${name}.js`))),
    assetFile(bundle('vega', 'vega.min.js')),
    assetFile(bundle('vega-lite', 'vega-lite.min.js')),
    assetFile(bundle('vega-embed', 'vega-embed.min.js')),
  ])
  const hash = hashOf(files.map(({ etag }) => etag).join())
  const url = (name: string) => `/assets/${hash}/${name}`
  return {
    urls: {
      style: url('page.css'),
      script: url('page.js'),
      vega: url('vega.min.js'),
      vegaLite: url('vega-lite.min.js'),
      vegaEmbed: url('vega-embed.min.js'),
    },
    files: new Map(files.map((file) => [file.name, file])),
  }
}

/** One file for all pages, so that the second one is there at once. */
async function styleSheet(): Promise<AssetFile> {
  const parts = await Promise.all(
    styles.map((name) => readFile(join(import.meta.dirname, 'styles', `${name}.css`), 'utf8')),
  )
  return asset('page.css', Buffer.from(parts.join('\n')))
}

async function assetFile(path: string): Promise<AssetFile> {
  return asset(basename(path), await readFile(path))
}

async function asset(name: string, body: Buffer): Promise<AssetFile> {
  return {
    name,
    body,
    zipped: await zip(body),
    type: name.endsWith('.css') ? 'text/css; charset=utf-8' : 'text/javascript; charset=utf-8',
    etag: `"${hashOf(body)}"`,
  }
}

function hashOf(body: Buffer | string): string {
  return createHash('sha256').update(body).digest('base64url').slice(0, 16)
}

/** The browser bundle beside a package's entry file: its `exports` do not name it. */
function bundle(packageName: string, file: string): string {
  return join(dirname(createRequire(import.meta.url).resolve(packageName)), file)
}
