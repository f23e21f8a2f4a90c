// One process per data directory: the embedded database would let a second one in, and diverge without a word.
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'

type Holder = { pid: number; host: string; born: string }

/**
 * Takes the lock of a directory, also over from a process that is gone.
 * @returns the function that gives it back.
 * @throws an error that names the holding process.
 */
export function lockDirectory(directory: string): () => void {
  const file = join(directory, 'firstpass.lock')
  const own: Holder = { pid: process.pid, host: hostname(), born: born(process.pid) }
  const draft = `${file}.${process.pid}`
  writeFileSync(draft, JSON.stringify(own))
  try {
    for (let attempt = 0; attempt < 20; attempt++) {
      if (linked(draft, file)) return () => rmSync(file, { force: true })
      const holder = read(file)
      if (holder && alive(holder)) throw inUse(directory, holder)
      if (holder) discard(file, holder)
    }
    throw new Error(`${file} keeps changing hands: stop the other processes that start on ${directory}.`)
  } finally {
    rmSync(draft, { force: true })
  }
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
    return { pid: 0, host: hostname(), born: '' }
  }
}

/** Moves a dead holder's lock away; whoever took it in the meantime gets theirs back. */
function discard(file: string, dead: Holder): void {
  const aside = `${file}.dead.${process.pid}`
  try {
    renameSync(file, aside)
  } catch {
    return
  }
  const moved = read(aside)
  if (moved && JSON.stringify(moved) !== JSON.stringify(dead)) linked(aside, file)
  rmSync(aside, { force: true })
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
