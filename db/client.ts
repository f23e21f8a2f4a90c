// Opens the database: PostgreSQL when an address is given, else PGlite in the data directory. Migrates at start, once.
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { PGlite } from '@electric-sql/pglite'
import type { SQL } from 'drizzle-orm'
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core'
import { drizzle as drizzlePglite } from 'drizzle-orm/pglite'
import { migrate as migratePglite } from 'drizzle-orm/pglite/migrator'
import { drizzle as drizzlePostgres } from 'drizzle-orm/postgres-js'
import { migrate as migratePostgres } from 'drizzle-orm/postgres-js/migrator'
import postgres from 'postgres'
import { hearingItself } from './announcements.ts'
import { isAway } from './away.ts'
import { bounded } from './bounded.ts'
import { lockDirectory } from './directory-lock.ts'
import { type PgliteThread, pgliteThread } from './pglite-thread.ts'
import { counted, type PoolLoad } from './transactions-open.ts'
import { vacuumNowAndThen } from './vacuum.ts'
import { watchedSockets } from './watched-socket.ts'

/** A connection or a transaction: whoever is given one uses it for every statement. */
export type Db = PgDatabase<PgQueryResultHKT>

export type Database = {
  db: Db
  /**
   * The same database for what a person waits for: a click, a command, the state that a page shows. Its connections are
   * apart from those of stations and judging; on the embedded database it goes to the front of the line.
   */
  people: Db
  /** The same database for storing runs, which would take every connection there is. */
  ingest: Db
  engine: { kind: 'postgres'; url: string } | { kind: 'pglite'; thread: PgliteThread }
  /**
   * Calls back for every NOTIFY on the channel until the returned function is called. What a transaction of this very
   * object announces is heard before its promise resolves, and may be heard once more later.
   */
  listen(channel: string, heard: (payload: string) => void): Promise<() => Promise<void>>
  /** Whether a commit has been seen to reach the disk. Null: PostgreSQL's own business. */
  durable: boolean | null
  /** Transactions of this process, by what their connections are for. */
  load(): PoolLoad[]
  close(): Promise<void>
}

/**
 * Connections of a process to PostgreSQL, opened as they are needed: with one that listens, three of the queue's and up to
 * eight for locks between processes (db/exclusively.ts) at most 28. Few are enough: a flush of runs or a decision takes
 * milliseconds, and beyond some two a core the database only takes turns.
 */
const connections = { usual: 8, people: 4, ingest: 4 }
/** Of one statement, waiting for locks included. A person and a station are better told to come again than kept. */
const longestMs = { usual: 60_000, people: 15_000, ingest: 20_000 }
/** After a lost connection. The driver's own wait triples with each that is lost, up to 20 s: all at once are lost together. */
const tryAgainSeconds = () => 0.1 + Math.random() * 0.4
/** Until a connection is free. A transaction takes milliseconds: who waits so long waits for a fault. */
const beginMs = 5_000

const migrationsFolder = fileURLToPath(new URL('./migrations', import.meta.url))
/** Any number, the same in every process: only one of them migrates at a time. */
const migrationLock = 7_266_174

/**
 * @param where `url` of a PostgreSQL, or `directory` for PGlite (`null`: in memory, for tests).
 * @throws when the directory is in use by another process, or PostgreSQL does not answer within `patienceMs`.
 */
export async function openDatabase(
  where: { url: string; patienceMs?: number } | { directory: string | null },
): Promise<Database> {
  return 'url' in where ? openPostgres(where.url, where.patienceMs ?? 30_000) : openPglite(where.directory)
}

/** Rows of a hand-written statement; its columns must be cast to types both drivers read alike (int, float8, text). */
export async function rows<Row>(db: Db, statement: SQL): Promise<Row[]> {
  const result: unknown = await db.execute(statement)
  const list = Array.isArray(result) ? result : (result as { rows: unknown[] }).rows
  return list as Row[]
}

async function openPostgres(url: string, patienceMs: number): Promise<Database> {
  await migrateOnce(url, patienceMs)
  const socket = watchedSockets()
  const pool = (name: string, max: number, longestMs: number) => {
    // A transaction left open elsewhere slows hot rows tenfold, a statement without end holds a connection for good.
    const limits = { idle_in_transaction_session_timeout: 30_000, statement_timeout: longestMs }
    const connection = { application_name: name, ...limits }
    // The types of postgres.js do not know `socket`: only of what is made beforehand they take more than they know.
    const options = {
      max,
      connect_timeout: 5,
      backoff: tryAgainSeconds,
      onnotice: () => {},
      socket,
      connection,
    }
    return postgres(url, options)
  }
  const client = pool('firstpass', connections.usual, longestMs.usual)
  const people = pool('firstpass people', connections.people, longestMs.people)
  const ingest = pool('firstpass ingest', connections.ingest, longestMs.ingest)
  const listeners = new Map<string, Set<(payload: string) => void>>()
  const hear = (channel: string, payload: string) => {
    for (const heard of listeners.get(channel) ?? []) heard(payload)
  }
  const over = (own: typeof client, longest: number) =>
    bounded(hearingItself(drizzlePostgres(own), hear), { beginMs, statementMs: longest + beginMs })
  const pools = {
    usual: counted('usual', over(client, longestMs.usual)),
    people: counted('people', over(people, longestMs.people)),
    ingest: counted('ingest', over(ingest, longestMs.ingest)),
  }
  return {
    db: pools.usual.db,
    people: pools.people.db,
    ingest: pools.ingest.db,
    load: () => Object.values(pools).map(({ load }) => load()),
    engine: { kind: 'postgres', url },
    async listen(channel, heard) {
      const { unlisten } = await client.listen(channel, heard)
      const set = listeners.get(channel) ?? new Set()
      listeners.set(channel, set.add(heard))
      return async () => {
        set.delete(heard)
        // A connection that is lost hears nothing either, and must not keep a process from closing.
        await unlisten().catch((error: unknown) => {
          if (!isAway(error)) throw error
        })
      }
    },
    durable: null,
    async close() {
      await Promise.all([client, people, ingest].map((each) => each.end({ timeout: 5 })))
    },
  }
}

async function migrateOnce(url: string, patienceMs: number): Promise<void> {
  const client = postgres(url, { max: 1, onnotice: () => {} })
  try {
    await untilAnswers(() => client`select pg_advisory_lock(${migrationLock})`, patienceMs)
    await migratePostgres(drizzlePostgres(client), { migrationsFolder })
    await client`select pg_advisory_unlock(${migrationLock})`
  } finally {
    await client.end({ timeout: 5 })
  }
}

/** A PostgreSQL that is still starting refuses connections, or answers 57P03. */
async function untilAnswers(ask: () => Promise<unknown>, patienceMs: number): Promise<void> {
  const started = performance.now()
  for (;;) {
    try {
      await ask()
      return
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : ''
      const starting = ['57P03', 'ECONNREFUSED', 'ECONNRESET', 'CONNECT_TIMEOUT', 'ENOTFOUND'].includes(code)
      if (!starting || performance.now() - started > patienceMs) throw error
      await delay(250)
    }
  }
}

async function openPglite(directory: string | null): Promise<Database> {
  await using opening = new AsyncDisposableStack()
  if (directory !== null) {
    mkdirSync(directory, { recursive: true })
    opening.defer(lockDirectory(directory))
  }
  const thread = await pgliteThread(directory === null ? null : await databaseIn(directory))
  opening.defer(thread.close)
  // Only query, exec and transaction are used of it; the thread answers those as a PGlite does.
  const usual = counted('usual', drizzlePglite(thread as unknown as PGlite))
  const people = counted('people', drizzlePglite(thread.ahead as unknown as PGlite))
  const { db } = usual
  await migratePglite(db, { migrationsFolder })
  opening.defer(vacuumNowAndThen(thread))
  const durable = directory === null ? false : await commitReachesDisk(thread)
  const owned = opening.move()
  return {
    db,
    people: people.db,
    ingest: db,
    load: () => [usual.load(), people.load()],
    engine: { kind: 'pglite', thread },
    listen: thread.listen,
    durable,
    close: () => owned.disposeAsync(),
  }
}

/** Made under another name, then moved: a first start that is killed leaves nothing half-made, which would never open. */
async function databaseIn(directory: string): Promise<string> {
  const database = join(directory, 'database')
  if (existsSync(database)) return database
  const draft = join(directory, 'database.new')
  rmSync(draft, { recursive: true, force: true })
  const thread = await pgliteThread(draft)
  await thread.close()
  renameSync(draft, database)
  return database
}

async function commitReachesDisk(thread: PgliteThread): Promise<boolean> {
  const before = await thread.syncs()
  await thread.query(
    "insert into kept_settings (name, value) values ('last start', now()::text) on conflict (name) do update set value = excluded.value",
  )
  return (await thread.syncs()) > before
}
