// One process per data directory: the embedded database would let a second one in, and diverge without a word.
import { linkSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'

type Holder = { pid: number; host: string; born: string }

/** What stands in a lock that was given back: no process has this number. */
const nobody: Holder = { pid: 0, host: hostname(), born: '' }

/**
 * Takes the lock of a directory, also over from a process that is gone.
 *
 * Each holder links a file numbered one above the highest there is, and only the holder of the highest has the lock. A
 * number is never given out twice: to take a dead holder's file away and use its name again would let a third process
 * in between, or take away the file of whoever was quicker.
 * @returns the function that gives it back.
 * @throws an error that names the holding process.
 */
export function lockDirectory(directory: string): () => void {
  const draft = join(directory, `${lockName}.draft-${process.pid}`)
  writeFileSync(draft, JSON.stringify({ pid: process.pid, host: hostname(), born: born(process.pid) }))
  try {
    for (let attempt = 0; attempt < 20; attempt++) {
      const highest = Math.max(-1, ...numbersIn(directory))
      const holder = highest < 0 ? null : read(fileOf(directory, highest))
      if (holder && alive(holder)) throw inUse(directory, holder)
      const own = highest + 1
      if (linked(draft, fileOf(directory, own)) && isHighest(directory, own))
        return () => giveBack(directory, own)
    }
    throw new Error(
      `${join(directory, lockName)} keeps changing hands: stop the other processes that start on ${directory}.`,
    )
  } finally {
    rmSync(draft, { force: true })
  }
}

const lockName = 'firstpass.lock'

function fileOf(directory: string, number: number): string {
  return join(directory, number === 0 ? lockName : `${lockName}.${number}`)
}

function numbersIn(directory: string): number[] {
  return readdirSync(directory).flatMap((name) => {
    const found = /^firstpass\.lock(?:\.(\d+))?$/.exec(name)
    return found ? [Number(found[1] ?? 0)] : []
  })
}

/** Others may have come and gone since the directory was read, so that this number is an old one. */
function isHighest(directory: string, own: number): boolean {
  const numbers = numbersIn(directory)
  if (numbers.some((number) => number > own)) {
    rmSync(fileOf(directory, own), { force: true })
    return false
  }
  for (const number of numbers) if (number < own) rmSync(fileOf(directory, number), { force: true })
  return true
}

/** The file stays, so that its number is not used again. */
function giveBack(directory: string, own: number): void {
  const draft = join(directory, `${lockName}.draft-${process.pid}`)
  writeFileSync(draft, JSON.stringify(nobody))
  renameSync(draft, fileOf(directory, own))
}

function linked(draft: string, file: string): boolean {
  try {
    linkSync(draft, file)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

/** Null when there is none. What no process can have written whole, as after a loss of power, has no holder. */
function read(file: string): Holder | null {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    return null
  }
  try {
    const { pid, host, born: birth } = JSON.parse(text) as Partial<Holder>
    return { pid: Number(pid), host: String(host), born: String(birth) }
  } catch {
    return nobody
  }
}

/** A process of another machine cannot be asked: its lock holds. */
function alive(holder: Holder): boolean {
  if (holder.host !== hostname()) return true
  if (!(holder.pid > 0)) return false
  if (holder.pid === process.pid) return holder.born === born(process.pid)
  try {
    process.kill(holder.pid, 0)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false
  }
  const birth = born(holder.pid)
  return birth === '' || birth === holder.born
}

/** When the process began, in the kernel's clock ticks: tells a process from a later one with the same number. */
function born(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return ''
  }
}

function inUse(directory: string, holder: Holder): Error {
  const where =
    holder.host === hostname() ? `process ${holder.pid}` : `process ${holder.pid} on ${holder.host}`
  return new Error(
    `${directory} is in use by ${where}. The embedded database takes one process: stop that one, choose another DATA_DIR, or set DATABASE_URL to share a PostgreSQL.`,
  )
}
