// Asks for a secret on a terminal, without showing it.
import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import type { Output } from '../command.ts'

export async function readHidden(
  input: NodeJS.ReadableStream,
  says: Output,
  question: string,
): Promise<string> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input, output: silent, terminal: true })
  const ended = new AbortController()
  lines.once('SIGINT', () => ended.abort())
  lines.once('close', () => ended.abort())
  says.write(question)
  try {
    return await lines.question('', { signal: ended.signal })
  } catch {
    return ''
  } finally {
    lines.close()
    says.write('\n')
  }
}
