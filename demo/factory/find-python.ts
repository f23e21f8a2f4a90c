// Whether this machine can run the Python client.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** The program, or in words why there is none. */
export async function findPython(): Promise<{ program: string } | { absent: string }> {
  const found: string[] = []
  for (const program of ['python3', 'python']) {
    const version = await run(program, ['--version']).catch(() => null)
    const [, major, minor] = /Python (\d+)\.(\d+)/.exec(version?.stdout ?? '') ?? []
    if (major === '3' && Number(minor) >= 9) return { program }
    if (version) found.push(version.stdout.trim())
  }
  return { absent: `expected Python 3.9 or later as python3, got ${found.join(' and ') || 'none'}` }
}
