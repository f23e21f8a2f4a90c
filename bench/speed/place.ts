// Where measures take place: databases of their own on one PostgreSQL that waits for the disk, and in directories.
import { randomBytes } from 'node:crypto'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { openDatabase } from '../../db/client.ts'
import { type PostgresServer, startPostgres } from '../../test/support/postgres-server.ts'

export type Where = { url: string } | { directory: string }
export type Engine = 'postgres' | 'pglite'

export type Place = {
  quick: boolean
  rounds: number
  /** How long one contender works in one round. */
  roundMs: number
  say(text: string): void
  /** Runs when the measure is over, the last one first. */
  atEnd(clean: () => Promise<unknown>): void
  /** A migrated database of its own. */
  database(engine: Engine): Promise<Where>
  /** An empty one of PostgreSQL, for peers. */
  emptyDatabase(): Promise<string>
}

export type Ground = {
  place(options: Pick<Place, 'quick' | 'rounds' | 'say'>): { place: Place; leave(): Promise<void> }
  close(): Promise<void>
}

/** As PostgreSQL comes, with memory for a small server: `fsync` and `synchronous_commit` stay on. */
const settings = [
  'shared_buffers=1GB',
  'max_wal_size=8GB',
  'checkpoint_timeout=15min',
  'maintenance_work_mem=512MB',
]

/** PostgreSQL starts with the first measure that asks for it, and serves all of them. */
export function ground(): Ground {
  const owned = new AsyncDisposableStack()
  let server: Promise<PostgresServer> | null = null
  let template: Promise<string> | null = null
  let copied: Promise<string> | null = null
  const directories: string[] = []

  function newDirectory(): string {
    const directory = mkdtempSync(join(tmpdir(), 'firstpass-speed-'))
    directories.push(directory)
    return directory
  }
  const clear = () => {
    for (const directory of directories) rmSync(directory, { recursive: true, force: true })
  }
  // Also where a signal ends the bench in the middle of a measure.
  process.once('exit', clear)
  owned.defer(async () => {
    process.removeListener('exit', clear)
    clear()
  })

  function started(): Promise<PostgresServer> {
    server ??= startPostgres(settings).then((made) => {
      owned.defer(() => made.stop())
      return made
    })
    return server
  }

  async function create(from?: string): Promise<string> {
    const { url } = await started()
    const name = `speed_${randomBytes(6).toString('hex')}`
    await asAdmin(url, `create database ${name}${from === undefined ? '' : ` template ${from}`}`)
    return new URL(`/${name}`, url).href
  }

  async function migratedTemplate(): Promise<string> {
    const url = await create()
    const database = await openDatabase({ url })
    await database.close()
    return new URL(url).pathname.slice(1)
  }

  async function migratedDirectory(): Promise<string> {
    const directory = newDirectory()
    const database = await openDatabase({ directory })
    await database.close()
    return directory
  }

  return {
    place({ quick, rounds, say }) {
      const measure = new AsyncDisposableStack()
      const atEnd = (clean: () => Promise<unknown>) => measure.defer(async () => void (await clean()))
      const dropped = (url: string) => {
        atEnd(async () =>
          asAdmin((await started()).url, `drop database if exists ${nameOf(url)} with (force)`),
        )
        return url
      }
      const place: Place = {
        quick,
        rounds,
        roundMs: quick ? 500 : 3_000,
        say,
        atEnd,
        emptyDatabase: async () => dropped(await create()),
        async database(engine) {
          if (engine === 'postgres') {
            template ??= migratedTemplate()
            return { url: dropped(await create(await template)) }
          }
          copied ??= migratedDirectory()
          const directory = newDirectory()
          atEnd(async () => rmSync(directory, { recursive: true, force: true }))
          cpSync(await copied, directory, { recursive: true })
          return { directory }
        },
      }
      return { place, leave: () => measure.disposeAsync() }
    },
    close: () => owned.disposeAsync(),
  }
}

function nameOf(url: string): string {
  return new URL(url).pathname.slice(1)
}

async function asAdmin(url: string, statement: string): Promise<void> {
  const admin = postgres(url, { max: 1, onnotice: () => {} })
  try {
    await admin.unsafe(statement)
  } finally {
    await admin.end()
  }
}
