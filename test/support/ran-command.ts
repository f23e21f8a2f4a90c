// A command of the command line as its process runs it, without the time that a process takes to start.
import { Readable } from 'node:stream'
import { run } from '../../cli/run.ts'

export type Ran = { code: number; out: string; err: string }
export type RunWith = {
  env?: Record<string, string | undefined>
  /** What is piped in. */
  input?: string
  signal?: AbortSignal
  /** Told each piece of what is said on the way. */
  heard?: (said: string) => void
  isTTY?: boolean
}

export async function ranCommand(words: string[], asked: RunWith = {}): Promise<Ran> {
  const { env = {}, input = '', signal, heard, isTTY = false } = asked
  const said = { out: '', err: '' }
  const code = await run(words, {
    env,
    stdin: Readable.from([input]),
    stdout: { write: (text) => (said.out += text) },
    stderr: {
      isTTY,
      columns: 100,
      write(text) {
        said.err += text
        heard?.(text)
      },
    },
    ...(signal ? { signal } : {}),
  })
  return { code, ...said }
}
