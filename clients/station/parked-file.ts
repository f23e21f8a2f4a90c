// Reports that the server has refused for good, with what it said: kept for a person, a line of JSON each.
import { open, readFile, rm } from 'node:fs/promises'
import { isObject } from './build.ts'
import type { Kind } from './queue-file.ts'

export type Parked = { at: string; kind: Kind | 'unreadable'; why: string; body: unknown }

export type ParkedFile = Awaited<ReturnType<typeof openParkedFile>>

export async function openParkedFile(path: string) {
  const before = await all()
  let count = before.length
  /** Behind a line that a crash or a full disk has torn the next one begins anew. */
  let isTorn = before.length > 0
  let bytes = before.reduce((sum, one) => sum + JSON.stringify(one).length, 0)

  /** On the disk when it resolves. */
  async function put(parked: readonly Parked[]): Promise<void> {
    if (parked.length === 0) return
    const text = parked.map((one) => `${JSON.stringify(one)}\n`).join('')
    const file = await open(path, 'a')
    try {
      await file.appendFile(isTorn ? `\n${text}` : text)
      await file.datasync()
      isTorn = false
    } catch (error) {
      isTorn = true
      throw error
    } finally {
      await file.close()
    }
    count += parked.length
    bytes += text.length
  }

  async function all(): Promise<Parked[]> {
    const text = await readFile(path, 'utf8').catch(() => '')
    return text.split('\n').flatMap((line) => parsed(line) ?? [])
  }

  /** Hands every report to `again`, which keeps them; only then they leave this file. Their number. */
  async function release(again: (kind: Kind, body: string) => Promise<void>): Promise<number> {
    const those = await all()
    const readable = those.flatMap((one) => (one.kind === 'unreadable' ? [] : [{ ...one, kind: one.kind }]))
    for (const one of readable) await again(one.kind, JSON.stringify(one.body))
    await rm(path, { force: true })
    count = 0
    bytes = 0
    await put(those.filter((one) => one.kind === 'unreadable'))
    return readable.length
  }

  return { put, all, release, count: () => count, bytes: () => bytes }
}

function parsed(line: string): Parked | null {
  if (line === '') return null
  try {
    const one: unknown = JSON.parse(line)
    if (isObject(one) && typeof one.at === 'string' && typeof one.why === 'string')
      if (one.kind === 'run' || one.kind === 'pickup' || one.kind === 'unreadable')
        return { at: one.at, kind: one.kind, why: one.why, body: one.body }
  } catch {
    // Told below.
  }
  return { at: '', kind: 'unreadable', why: 'this line of the file is damaged', body: line }
}
