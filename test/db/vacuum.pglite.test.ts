// The embedded database is tidied table by table: nobody waits for the whole of it.
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { rows } from '../../db/client.ts'
import { vacuum } from '../../db/vacuum.ts'
import { openTestDatabase } from '../support/open-test-database.ts'

const database = await openTestDatabase()

test('every table is analysed, and others are answered in between', async () => {
  const { engine, db } = database
  if (engine.kind !== 'pglite') throw new Error('expected the embedded database')
  const done: string[] = []
  const tidy = vacuum(engine.thread).then(() => done.push('tidy'))
  for (let asked = 0; asked < 5; asked++) await rows(db, sql`select 1`).then(() => done.push('answer'))
  await tidy
  expect(done).toEqual([...Array(5).fill('answer'), 'tidy'])
  const never = await rows(
    db,
    sql`select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' and reltuples < 0`,
  )
  expect(never).toEqual([])
})
