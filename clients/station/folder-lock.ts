// One process at a time writes to a station's folder.
import { open, readFile, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'

const touchEveryMs = 10_000
/** After a loss of power another program may have the number of the former process: an old file is nobody's. */
const staleMs = 35_000

/** @throws when another living process has it; one that was killed has left it. */
export async function lockFolder(folder: string): Promise<{ release(): Promise<void> }> {
  const path = join(folder, 'lock')
  if (!(await created(path))) {
    const holder = Number(await readFile(path, 'utf8').catch(() => ''))
    const age = Date.now() - (await stat(path).catch(() => ({ mtimeMs: 0 }))).mtimeMs
    if (isAlive(holder) && Math.abs(age) < staleMs)
      throw new Error(
        `${folder} is in use by process ${holder}: expected a folder of this station's own. End that process, or give another folder.`,
      )
    await rm(path, { force: true })
    if (!(await created(path)))
      throw new Error(`${folder} was taken by another process at this very moment. Start again.`)
  }
  const touching = setInterval(() => {
    const now = new Date()
    void utimes(path, now, now).catch(() => undefined)
  }, touchEveryMs)
  touching.unref()
  return {
    async release() {
      clearInterval(touching)
      await rm(path, { force: true })
    },
  }
}

async function created(path: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx')
    await file.writeFile(String(process.pid))
    await file.close()
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
