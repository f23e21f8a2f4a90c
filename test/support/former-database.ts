// A database as a former version left it: migrated as far as that version knew, with the rows it wrote.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PGlite } from '@electric-sql/pglite'
import { sql } from 'drizzle-orm'
import { drizzle as drizzlePglite } from 'drizzle-orm/pglite'
import { migrate as migratePglite } from 'drizzle-orm/pglite/migrator'
import { drizzle as drizzlePostgres } from 'drizzle-orm/postgres-js'
import { migrate as migratePostgres } from 'drizzle-orm/postgres-js/migrator'
import postgres from 'postgres'
import type { Db } from '../../db/client.ts'
import { pgliteThread } from '../../db/pglite-thread.ts'
import type { RolloutId, StationId } from '../../server/domain/ids.ts'
import { type TestDatabase, testDatabase } from './test-database.ts'

type Counts = { units: number; bad: number; runs: number; errors: number; timeouts: number }
type FormerGateStation = { id: StationId; arm: 'canary' | 'base'; past: Counts; since: Counts }
export type Former = {
  /** The moment at which it was left. */
  now: number
  /** By what they are about. */
  rollouts: Record<string, { id: RolloutId; gateStations: FormerGateStation[] }>
}
type Tables = Record<string, { columns: string[]; rows: unknown[][] }>

/** @param migrations how many of the migrations it knew. */
export async function formerDatabase(
  fixture: string,
  migrations: number,
): Promise<Former & { database: TestDatabase }> {
  const { tables, ...former } = read(fixture)
  const database = await testDatabase('empty')
  const migrationsFolder = firstMigrations(migrations)
  try {
    await ('url' in database.where
      ? onPostgres(database.where.url, migrationsFolder, tables)
      : onPglite(database.where.directory, migrationsFolder, tables))
  } finally {
    rmSync(migrationsFolder, { recursive: true, force: true })
  }
  return { ...former, database }
}

function read(fixture: string): Former & { tables: Tables } {
  const text = readFileSync(new URL(`../fixtures/upgrade/${fixture}.json`, import.meta.url), 'utf8')
  const { ids } = JSON.parse(text) as { ids: string[] }
  return JSON.parse(text.replace(/@(\d+)/g, (_, place) => ids[Number(place)] ?? ''))
}

function firstMigrations(count: number): string {
  const all = new URL('../../db/migrations/', import.meta.url)
  const journal = JSON.parse(readFileSync(new URL('meta/_journal.json', all), 'utf8'))
  const entries: { tag: string }[] = journal.entries.slice(0, count)
  const folder = mkdtempSync(join(tmpdir(), 'firstpass-migrations-'))
  mkdirSync(join(folder, 'meta'))
  writeFileSync(join(folder, 'meta', '_journal.json'), JSON.stringify({ ...journal, entries }))
  for (const { tag } of entries) cpSync(new URL(`${tag}.sql`, all), join(folder, `${tag}.sql`))
  return folder
}

async function onPostgres(url: string, migrationsFolder: string, tables: Tables): Promise<void> {
  const client = postgres(url, { max: 1, onnotice: () => {} })
  try {
    const db = drizzlePostgres(client)
    await migratePostgres(db, { migrationsFolder })
    await fill(db as unknown as Db, tables)
  } finally {
    await client.end()
  }
}

async function onPglite(directory: string, migrationsFolder: string, tables: Tables): Promise<void> {
  const thread = await pgliteThread(join(directory, 'database'))
  try {
    const db = drizzlePglite(thread as unknown as PGlite)
    await migratePglite(db, { migrationsFolder })
    await fill(db as unknown as Db, tables)
  } finally {
    await thread.close()
  }
}

/** What others refer to comes first; numbers that the database gives go on from the largest. */
async function fill(db: Db, tables: Tables): Promise<void> {
  const first = ['procedures', 'deployments', 'stations', 'rollouts']
  const names = [...first, ...Object.keys(tables).filter((name) => !first.includes(name))]
  for (const name of names) {
    const { columns = [], rows = [] } = tables[name] ?? {}
    const objects = rows.map((row) =>
      Object.fromEntries(columns.map((column, place) => [column, row[place]])),
    )
    const table = sql.identifier(name)
    await db.execute(
      sql`insert into ${table} overriding system value
          select * from jsonb_populate_recordset(null::${table}, ${JSON.stringify(objects)}::text::jsonb)`,
    )
    if (typeof objects[0]?.id === 'number')
      await db.execute(
        sql`select setval(pg_get_serial_sequence(${name}::text, 'id'), (select max(id) from ${table}))`,
      )
  }
}
