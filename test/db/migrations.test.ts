// Migrations: from nothing, again, and after a start that was cut short.
import { sql } from 'drizzle-orm'
import { afterEach, expect, test } from 'vitest'
import { type Database, rows } from '../../db/client.ts'
import { type TestDatabase, testDatabase } from '../support/test-database.ts'

const made: TestDatabase[] = []
const emptyDatabase = async () => {
  const database = await testDatabase('empty')
  made.push(database)
  return database
}
afterEach(async () => {
  for (const database of made.splice(0)) await database.drop()
})

const tables = async ({ db }: Database) =>
  (
    await rows<{ name: string }>(
      db,
      sql`select tablename as name from pg_tables where schemaname = 'public' order by 1`,
    )
  ).map((row) => row.name)

test('a start on nothing makes every table, the next start finds them with what they hold', async () => {
  const fresh = await emptyDatabase()
  const first = await fresh.open()
  expect(await tables(first)).toEqual(expect.arrayContaining(['rollouts', 'runs', 'stations']))
  await first.db.execute(sql`insert into kept_settings values ('kept', 'yes')`)
  await first.close()
  const second = await fresh.open()
  expect(await rows(second.db, sql`select value from kept_settings where name = 'kept'`)).toEqual([
    { value: 'yes' },
  ])
  await second.close()
})

test('a migration that fails leaves nothing of itself behind, and the next start completes it', {
  timeout: 60_000,
}, async () => {
  const fresh = await emptyDatabase()
  const whole = await fresh.open()
  // Back to nothing, but for a table in the way of one in the middle of the migration.
  await whole.db.execute(sql`drop schema drizzle cascade`)
  await whole.db.execute(sql`drop schema public cascade`)
  await whole.db.execute(sql`create schema public`)
  await whole.db.execute(sql`create table rollouts (in_the_way int)`)
  await whole.close()
  await expect(fresh.open()).rejects.toThrow()
  await expect(fresh.open()).rejects.toThrow()
  const looking = await openBare(fresh)
  expect(await looking.tables()).toEqual(['rollouts'])
  await looking.drop('rollouts')
  await looking.close()
  const mended = await fresh.open()
  expect(await tables(mended)).toEqual(expect.arrayContaining(['arm_tallies', 'rollouts', 'verdicts']))
  await mended.close()
})

/** Looks without migrating. */
async function openBare(database: TestDatabase) {
  if ('url' in database.where) {
    const { default: postgres } = await import('postgres')
    const client = postgres(database.where.url, { max: 1, onnotice: () => {} })
    return {
      tables: async () =>
        (await client`select tablename as name from pg_tables where schemaname = 'public'`).map((row) =>
          String(row.name),
        ),
      drop: async (name: string) => void (await client.unsafe(`drop table ${name}`)),
      close: () => client.end(),
    }
  }
  const { pgliteThread } = await import('../../db/pglite-thread.ts')
  const thread = await pgliteThread(`${database.where.directory}/database`)
  return {
    tables: async () =>
      (await thread.query("select tablename as name from pg_tables where schemaname = 'public'")).rows.map(
        (row) => String(row.name),
      ),
    drop: async (name: string) => void (await thread.exec(`drop table ${name}`)),
    close: () => thread.close(),
  }
}
