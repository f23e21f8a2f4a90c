// Several processes start on one PostgreSQL, and one of them is killed while it migrates.
import postgres from 'postgres'
import { afterEach, expect, test, vi } from 'vitest'
import { type Child, child } from '../support/child-process.ts'
import { type TestDatabase, testDatabase } from '../support/test-database.ts'

let database: TestDatabase
const children: Child[] = []
afterEach(async () => {
  for (const each of children.splice(0)) await each.kill()
  await database.drop()
})

const starter = (url: string): Child => {
  const made = child(
    `import { openDatabase } from 'project/db/client.ts'
     const database = await openDatabase({ url: process.env.URL })
     console.log('open')
     await database.close()`,
    { URL: url },
  )
  children.push(made)
  return made
}

async function emptyUrl(): Promise<string> {
  database = await testDatabase('empty')
  if (!('url' in database.where)) throw new Error('expected PostgreSQL')
  return database.where.url
}

test('processes that start together migrate once, and all of them open', async () => {
  const url = await emptyUrl()
  const starters = [starter(url), starter(url), starter(url)]
  for (const each of starters) expect(await each.ended).toMatchObject({ code: 0, err: '' })
  const client = postgres(url, { max: 1 })
  const [applied] =
    await client`select count(*)::int as n, count(distinct hash)::int as distinct from drizzle.__drizzle_migrations`
  expect(applied?.n).toBe(applied?.distinct)
  await client.end()
})

test('a process killed in the middle of a migration leaves nothing half-done', async () => {
  const url = await emptyUrl()
  const other = postgres(url, { max: 2, onnotice: () => {} })
  const tables = async () => (await other`select tablename from pg_tables where schemaname = 'public'`).length
  // A table of the same name, not yet committed, makes the migration wait in its middle.
  const held = await other.reserve()
  await held`begin`
  await held`create table rollouts (in_the_way int)`
  const cut = starter(url)
  const waiting = await vi.waitFor(
    async () => {
      const [found] = await other`select pid from pg_stat_activity where datname = current_database()
        and wait_event_type = 'Lock' and query ilike '%create table "rollouts"%'`
      return found?.pid ?? Promise.reject(new Error('not yet at the table'))
    },
    { timeout: 20_000, interval: 20 },
  )
  await cut.kill()
  await held`rollback`
  held.release()
  await vi.waitFor(
    async () => expect(await other`select 1 from pg_stat_activity where pid = ${waiting}`).toHaveLength(0),
    { timeout: 20_000, interval: 20 },
  )
  expect(await tables()).toBe(0)
  expect(await starter(url).ended).toMatchObject({ code: 0 })
  expect(await tables()).toBeGreaterThan(10)
  await other.end()
})

test('a server that is not there is waited for, then said so', async () => {
  database = await testDatabase('empty')
  const { openDatabase } = await import('../../db/client.ts')
  const began = performance.now()
  await expect(openDatabase({ url: 'postgres://nobody@127.0.0.1:1/none', patienceMs: 600 })).rejects.toThrow(
    'ECONNREFUSED',
  )
  expect(performance.now() - began).toBeGreaterThan(500)
  const wrong = 'url' in database.where ? database.where.url.replace(/\/[^/]*$/, '/no_such_database') : ''
  await expect(openDatabase({ url: wrong, patienceMs: 10_000 })).rejects.toThrow('does not exist')
})
