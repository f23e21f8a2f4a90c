// What the station was last asked to run and what it has at hand, on disk: a bench that starts while the server is away
// goes on with that.
import { open, readFile, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Assignments, isObject, readKept } from './build.ts'
import { syncFolder } from './sync-folder.ts'

export type KeptBuilds = {
  etag: string | null
  /** As the server last said. */
  assigned: Assignments
  /** Of those, what may be run: installed, or the one before while an installation is under way. */
  ready: Assignments
}

const fileName = 'builds.json'

/** Null when the server has never said what to run. */
export async function readKeptBuilds(folder: string): Promise<KeptBuilds | null> {
  try {
    const kept: unknown = JSON.parse(await readFile(join(folder, fileName), 'utf8'))
    if (!isObject(kept)) throw new Error('not an object')
    const etag = typeof kept.etag === 'string' ? kept.etag : null
    return { etag, assigned: readKept(kept.assigned), ready: readKept(kept.ready) }
  } catch {
    return null
  }
}

/** Written beside and renamed: a crash leaves the former file or this one, whole. */
export async function keepBuilds(folder: string, kept: KeptBuilds): Promise<void> {
  const path = join(folder, fileName)
  const file = await open(`${path}.new`, 'w')
  try {
    await file.writeFile(`${JSON.stringify(kept, null, 2)}\n`)
    await file.datasync()
  } finally {
    await file.close()
  }
  await rename(`${path}.new`, path)
  await syncFolder(dirname(path))
}
