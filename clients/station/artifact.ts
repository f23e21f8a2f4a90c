// The artifact of a build: fetched once, believed only when its sha256 is the one that was assigned.
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, readdir, rename, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import type { Build } from './build.ts'

/** That many builds stay on the disk: a rollback takes a former one up without the network. */
const mostKept = 5
/** Without a byte for so long, the download has failed. */
const patienceMs = 60_000

/**
 * The path of the file, in `folder`.
 * @throws when the build has no address or no sha256, when it cannot be fetched, or when it is another file
 */
export async function fetchArtifact(deps: {
  build: Build
  folder: string
  /** Of the server; its key is sent to no other. */
  url: string
  key: string
  fetch?: typeof fetch | undefined
  signal: AbortSignal
}): Promise<string> {
  const { build, folder } = deps
  const { artifact_url: address, artifact_sha256: expected } = build
  if (address === null || expected === null)
    throw new Error(
      `Build ${build.version || build.id} has no artifact: expected an address and a sha256 where it is registered.`,
    )
  if (!/^[0-9a-f]{64}$/i.test(expected))
    throw new Error(`Expected 64 hexadecimal digits as the sha256, got "${expected}".`)
  await mkdir(folder, { recursive: true })
  const path = join(folder, expected.toLowerCase())
  if ((await sha256Of(path)) !== expected.toLowerCase()) {
    const got = await download(deps, address, `${path}.part`)
    if (got !== expected.toLowerCase()) {
      await rm(`${path}.part`, { force: true })
      throw new Error(
        `Expected an artifact with sha256 ${expected}, got one with ${got} from ${address}. It was not kept; register the build anew if its file has changed.`,
      )
    }
    await rename(`${path}.part`, path)
  }
  const now = new Date()
  await utimes(path, now, now)
  await removeOld(folder)
  return path
}

async function download(
  deps: { url: string; key: string; fetch?: typeof fetch | undefined; signal: AbortSignal },
  address: string,
  path: string,
): Promise<string> {
  const source = new URL(address, deps.url)
  const isOurs = source.origin === new URL(deps.url).origin
  const idle = new AbortController()
  let timer = setTimeout(() => idle.abort(new Error('no answer')), patienceMs)
  const file = await open(path, 'w')
  try {
    const response = await (deps.fetch ?? fetch)(source, {
      ...(isOurs ? { headers: { authorization: `Bearer ${deps.key}` } } : {}),
      signal: AbortSignal.any([deps.signal, idle.signal]),
    })
    if (response.status !== 200 || response.body === null)
      throw new Error(`Expected 200 and the artifact from ${address}, got ${response.status}.`)
    const hash = createHash('sha256')
    for await (const part of response.body) {
      clearTimeout(timer)
      timer = setTimeout(() => idle.abort(new Error(`no byte in ${patienceMs / 1000} s`)), patienceMs)
      hash.update(part)
      await file.write(part)
    }
    await file.datasync()
    return hash.digest('hex')
  } finally {
    clearTimeout(timer)
    await file.close()
  }
}

async function sha256Of(path: string): Promise<string | null> {
  const hash = createHash('sha256')
  try {
    for await (const part of createReadStream(path)) hash.update(part)
    return hash.digest('hex')
  } catch {
    return null
  }
}

async function removeOld(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => /^[0-9a-f]{64}$/.test(name))
  const dated = await Promise.all(
    names.map(async (name) => ({ name, at: (await stat(join(folder, name))).mtimeMs })),
  )
  const old = dated.toSorted((one, other) => other.at - one.at).slice(mostKept)
  for (const { name } of old) await rm(join(folder, name), { force: true })
}
