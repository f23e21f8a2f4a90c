// What the station still has to tell the server, on disk: a line of JSON for each report, and one for what is settled.
// Both station clients write the same lines, so a bench may change from one to the other with its queue as it is.
import { type FileHandle, open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { isObject } from './build.ts'
import { syncFolder } from './sync-folder.ts'

export type Kind = 'run' | 'pickup'
/** Where the text of one report stands in the file. */
export type Entry = { number: number; kind: Kind; offset: number; length: number }

/** From this much of settled reports on, the file is written anew without them. */
const wasteBytes = 8 * 1_048_576

export type QueueFile = Awaited<ReturnType<typeof openQueueFile>>

/**
 * Reads what an earlier process has left. A last line that a crash has torn was never promised to anybody and is cut
 * off. `damaged` keeps lines in the middle that a disk has spoilt for a person: they hold up nothing.
 */
export async function openQueueFile(path: string, damaged: (lines: string[]) => Promise<void>) {
  let file = await open(path, 'a+').then((made) => made.close().then(() => open(path, 'r+')))
  await syncFolder(dirname(path))
  const kept = scan(await file.readFile())
  let { entries, end, next } = kept
  await file.truncate(end)
  let waiting: { kind: Kind; body: string; done: PromiseWithResolvers<void> }[] = []
  let bytes = entries.reduce((sum, one) => sum + one.length, 0)
  /** On the way to the disk. */
  let underWay = 0
  let last: Promise<unknown> = Promise.resolve()
  if (kept.unreadable.length > 0) {
    await damaged(kept.unreadable)
    await writeAnew()
  }

  /** One write at a time; a failed one is its asker's. */
  function inTurn<Result>(task: () => Promise<Result>): Promise<Result> {
    const mine = last.then(task)
    last = mine.catch(() => undefined)
    return mine
  }

  /** @param body JSON. Resolves when it is on the disk, together with whatever else was put meanwhile. */
  function put(kind: Kind, body: string): Promise<void> {
    const done = Promise.withResolvers<void>()
    waiting.push({ kind, body, done })
    underWay += body.length
    if (waiting.length === 1) void inTurn(flush)
    return done.promise
  }

  async function flush(): Promise<void> {
    const these = waiting
    waiting = []
    let offset = end
    const made: Entry[] = []
    const lines = these.map(({ kind, body }) => {
      const line = Buffer.from(`{"n":${next},"kind":"${kind}","body":${body}}\n`)
      made.push({ number: next, kind, offset, length: line.length })
      next += 1
      offset += line.length
      return line
    })
    try {
      await append(Buffer.concat(lines))
      await file.datasync()
      entries.push(...made)
      bytes += made.reduce((sum, one) => sum + one.length, 0)
      for (const { done } of these) done.resolve()
    } catch (error) {
      for (const { done } of these) done.reject(error)
    } finally {
      underWay -= these.reduce((sum, { body }) => sum + body.length, 0)
    }
  }

  /** After a failure, such as a full disk, the next line must not stand behind half of this one. */
  async function append(text: Buffer): Promise<void> {
    try {
      for (let written = 0; written < text.length; )
        written += (await file.write(text, written, text.length - written, end + written)).bytesWritten
      end += text.length
    } catch (error) {
      await file.truncate(end).catch(() => undefined)
      throw error
    }
  }

  /** The first reports, as many of one kind as stand in a row, at most so many and of so many bytes but at least one. */
  function first(most: { count: number; bytes: number }): Entry[] {
    const kind = entries[0]?.kind
    const taken: Entry[] = []
    let sum = 0
    for (const entry of entries) {
      sum += entry.length
      if (entry.kind !== kind || taken.length === most.count) break
      if (taken.length > 0 && sum > most.bytes) break
      taken.push(entry)
    }
    return taken
  }

  /** The JSON of a report's body. */
  function read(entry: Entry): Promise<string> {
    return inTurn(() => readLine(entry))
  }

  async function readLine({ offset, length, number, kind }: Entry): Promise<string> {
    const line = Buffer.alloc(length)
    await file.read(line, 0, length, offset)
    return line.subarray(`{"n":${number},"kind":"${kind}","body":`.length, length - 2).toString()
  }

  /** These need no further sending. Should this note be lost in a crash, they are sent once more, which is harmless. */
  function settle(numbers: ReadonlySet<number>): Promise<void> {
    if (numbers.size === 0) return Promise.resolve()
    return inTurn(async () => {
      bytes -= entries.reduce((sum, one) => sum + (numbers.has(one.number) ? one.length : 0), 0)
      entries = entries.filter((one) => !numbers.has(one.number))
      if (entries.length === 0) {
        await file.truncate(0)
        end = 0
        return
      }
      // On a full disk it is not written: as good as lost in a crash.
      await append(Buffer.from(`{"done":[${[...numbers].join(',')}]}\n`)).catch(() => undefined)
      if (end - bytes > Math.max(wasteBytes, bytes)) await writeAnew()
    })
  }

  async function writeAnew(): Promise<void> {
    const fresh = await open(`${path}.new`, 'w+')
    const moved: Entry[] = []
    let to = 0
    for (const entry of entries) {
      const line = Buffer.alloc(entry.length)
      await file.read(line, 0, entry.length, entry.offset)
      await fresh.write(line, 0, entry.length, to)
      moved.push({ ...entry, offset: to })
      to += entry.length
    }
    await fresh.datasync()
    await rename(`${path}.new`, path)
    await syncFolder(dirname(path))
    const former: FileHandle = file
    file = fresh
    entries = moved
    end = to
    await former.close()
  }

  return {
    put,
    first,
    read,
    settle,
    count: () => entries.length,
    bytes: () => bytes + underWay,
    close: () => inTurn(() => file.close()),
  }
}

function scan(text: Buffer) {
  const found = new Map<number, Entry>()
  const unreadable: string[] = []
  let offset = 0
  let next = 1
  for (;;) {
    const newline = text.indexOf(10, offset)
    if (newline < 0) break
    const line = text.subarray(offset, newline).toString()
    const length = newline + 1 - offset
    const record = parsed(line)
    if (record === null) unreadable.push(line)
    else if ('done' in record) for (const number of record.done) found.delete(number)
    else {
      found.set(record.number, { ...record, offset, length })
      next = Math.max(next, record.number + 1)
    }
    offset = newline + 1
  }
  return { entries: [...found.values()], end: offset, next, unreadable }
}

function parsed(line: string): { done: number[] } | { number: number; kind: Kind } | null {
  try {
    const record: unknown = JSON.parse(line)
    if (!isObject(record)) return null
    if (Array.isArray(record.done)) return { done: record.done }
    const { n, kind, body } = record
    if (typeof n !== 'number' || (kind !== 'run' && kind !== 'pickup') || !isObject(body)) return null
    // What is read by its place must begin as it is written here.
    return line.startsWith(`{"n":${n},"kind":"${kind}","body":`) ? { number: n, kind } : null
  } catch {
    return null
  }
}
