// Another process that does something with the database, for tests of what two processes, or a killed one, do.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const root = new URL('../../', import.meta.url)

export type Child = {
  process: ChildProcess
  /** Resolves with the next line that it prints and that starts so; rejects when it ends before. */
  said(start: string): Promise<string>
  /** Its exit code (null when killed) and all it wrote. */
  ended: Promise<{ code: number | null; out: string; err: string }>
  kill(): Promise<void>
}

/** @param script an ES module's text; it may import from the project as `project/db/client.ts`. */
export function child(script: string, env: Record<string, string> = {}): Child {
  const folder = mkdtempSync(join(tmpdir(), 'firstpass-child-'))
  const file = join(folder, 'child.mjs')
  writeFileSync(file, script.replaceAll("'project/", `'${root.href}`))
  const made = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', file], {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const lines: string[] = []
  let wake = () => {}
  let over = false
  createInterface({ input: made.stdout }).on('line', (line) => {
    lines.push(line)
    wake()
  })
  let err = ''
  made.stderr.on('data', (data) => {
    err += data
  })
  const ended = once(made, 'close').then(([code]) => {
    rmSync(folder, { recursive: true, force: true })
    over = true
    wake()
    return { code: code as number | null, out: lines.join('\n'), err }
  })
  let read = 0
  return {
    process: made,
    ended,
    async said(start) {
      for (;;) {
        while (read < lines.length) {
          const line = lines[read++] ?? ''
          if (line.startsWith(start)) return line
        }
        if (over) throw new Error(`it ended without saying "${start}": ${lines.join('\n')}\n${err}`)
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    },
    async kill() {
      made.kill('SIGKILL')
      await ended
    },
  }
}
