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
  url: string
}

const zip = promisify(gzip)

/** Read once; the hash in each address lets browsers keep a file for good and still get the next one. */
export async function loadPageAssets(): Promise<{ urls: PageAssets; files: Map<string, AssetFile> }> {
  const [style, script, vega, vegaLite, vegaEmbed] = await Promise.all([
    assetFile(join(import.meta.dirname, 'page.css')),
    assetFile(join(import.meta.dirname, 'page.js')),
    assetFile(bundle('vega', 'vega.min.js')),
    assetFile(bundle('vega-lite', 'vega-lite.min.js')),
    assetFile(bundle('vega-embed', 'vega-embed.min.js')),
  ])
  return {
    urls: {
      style: style.url,
      script: script.url,
      vega: vega.url,
      vegaLite: vegaLite.url,
      vegaEmbed: vegaEmbed.url,
    },
    files: new Map([style, script, vega, vegaLite, vegaEmbed].map((file) => [file.name, file])),
  }
}

async function assetFile(path: string): Promise<AssetFile> {
  const name = basename(path)
  const body = await readFile(path)
  const hash = createHash('sha256').update(body).digest('base64url').slice(0, 16)
  return {
    name,
    body,
    zipped: await zip(body),
    type: name.endsWith('.css') ? 'text/css; charset=utf-8' : 'text/javascript; charset=utf-8',
    etag: `"${hash}"`,
    // Relative to /rollouts/, so that the service may stand under a path of a proxy.
    url: `../assets/${name}?v=${hash}`,
  }
}

/** The browser bundle beside a package's entry file: its `exports` do not name it. */
function bundle(packageName: string, file: string): string {
  return join(dirname(createRequire(import.meta.url).resolve(packageName)), file)
}
