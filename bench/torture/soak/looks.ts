// What a process holds, looked at again and again over a while: of what comes and goes the least.
import { readdirSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { type Db, rows } from '../../../db/client.ts'
import { residentKb } from '../../speed/servers/child-server.ts'
import type { Service } from '../../speed/servers/service.ts'

/** `heapMb`: after a collection at the end. Of the others the least that was seen in its time. `p50`, `p99`: milliseconds to the answer of a run. */
export type Look = {
  heapMb: number
  residentMb: number
  files: number
  resources: number
  /** Of the process to its database. */
  connections: number
  runs: number
  p50: number
  p99: number
}

type Seen = Omit<Look, 'runs' | 'p50' | 'p99'>
type At = { service: Service; db: Db; collect: () => Promise<void> }

/** @param until in the time of `performance.now`. @param taken the waits of all runs since it was last asked. */
export async function lookAt(
  { service, db, collect }: At,
  until: number,
  taken: () => number[],
): Promise<Look> {
  const seen: Seen[] = []
  do {
    seen.push(await seenNow(service, db))
    await pause(Math.min(1_000, Math.max(0, until - performance.now())))
  } while (performance.now() < until)
  await collect()
  const { heapMb } = await seenNow(service, db)
  const waits = taken().sort((one, other) => one - other)
  const atShare = (share: number) => waits[Math.max(0, Math.ceil(share * waits.length) - 1)] ?? Number.NaN
  return {
    heapMb,
    residentMb: leastOf(seen, ({ residentMb }) => residentMb),
    files: leastOf(seen, ({ files }) => files),
    resources: leastOf(seen, ({ resources }) => resources),
    connections: leastOf(seen, ({ connections }) => connections),
    runs: waits.length,
    p50: atShare(0.5),
    p99: atShare(0.99),
  }
}

export function leastOf<Each>(all: readonly Each[], of: (each: Each) => number): number {
  return Math.min(...all.map(of))
}

export function mostOf<Each>(all: readonly Each[], of: (each: Each) => number): number {
  return Math.max(...all.map(of))
}

async function seenNow({ url, pid }: Service, db: Db): Promise<Seen> {
  const figures = await (await fetch(`${url}/metrics`)).text()
  const [found] = await rows<{ connections: number }>(
    db,
    sql`select count(*)::int as connections from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
  )
  return {
    heapMb: figureOf(figures, 'nodejs_heap_size_used_bytes') / 2 ** 20,
    residentMb: (residentKb(pid) ?? Number.NaN) / 1024,
    files: readdirSync(`/proc/${pid}/fd`).length,
    resources: figureOf(figures, 'nodejs_active_resources_total'),
    connections: found?.connections ?? Number.NaN,
  }
}

function figureOf(figures: string, name: string): number {
  return Number(new RegExp(`^${name} (.+)$`, 'm').exec(figures)?.[1] ?? Number.NaN)
}
