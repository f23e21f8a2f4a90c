// A folder for what no test outlives: in memory where there is room, since a commit to a busy disk takes 50 ms and a suite
// makes a hundred thousand.
import { accessSync, constants, mkdtempSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const memory = '/dev/shm'
/** A hundred databases of 40 MB, of which a run has some ten at once. */
const leastFree = 4 * 2 ** 30

/** @param prefix such as `firstpass-test-`. Whoever asks for it removes it. */
export function scratchFolder(prefix: string): string {
  return mkdtempSync(join(hasRoom() ? memory : tmpdir(), prefix))
}

function hasRoom(): boolean {
  try {
    accessSync(memory, constants.W_OK)
    const { bavail, bsize } = statfsSync(memory)
    return bavail * bsize >= leastFree
  } catch {
    return false
  }
}
