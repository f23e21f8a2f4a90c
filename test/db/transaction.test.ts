// What both engines promise of a transaction.
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { type Database, rows } from '../../db/client.ts'
import { openTestDatabase } from '../support/open-test-database.ts'

const database: Database = await openTestDatabase()

const settings = () =>
  rows<{ name: string }>(database.db, sql`select name from kept_settings where name like 'x%' order by name`)

test('a transaction that throws leaves nothing behind', async () => {
  const failing = database.db.transaction(async (tx) => {
    await tx.execute(sql`insert into kept_settings values ('x1', '1')`)
    throw new Error('in the middle')
  })
  await expect(failing).rejects.toThrow('in the middle')
  expect(await settings()).toEqual([])
})
