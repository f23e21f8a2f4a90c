// The embedded database: what PGlite in its thread promises.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { sql } from 'drizzle-orm'
import { afterEach, expect, test } from 'vitest'
import { type Database, openDatabase, rows } from '../../db/client.ts'
import { type Child, child } from '../support/child-process.ts'
import { type TestDatabase, testDatabase } from '../support/test-database.ts'

let made: TestDatabase
let open: Database | null = null
const children: Child[] = []
afterEach(async () => {
  for (const each of children.splice(0)) await each.kill()
  await open?.close()
  open = null
  await made.drop()
})
async function opened(): Promise<Database> {
  made = await testDatabase()
  open = await made.open()
  return open
}
function thread(database: Database) {
  if (database.engine.kind !== 'pglite') throw new Error('expected the embedded database')
  return database.engine.thread
}

test('a commit is seen to reach the disk', async () => {
  const database = await opened()
  expect(database.durable).toBe(true)
  const before = await thread(database).syncs()
  await database.db.execute(sql`insert into kept_settings values ('synced', '1')`)
  expect(await thread(database).syncs()).toBeGreaterThan(before)
})

test('a second process on the directory is refused by name, and the first is not disturbed', async () => {
  const database = await opened()
  const second = child(
    `import { openDatabase } from 'project/db/client.ts'
     await openDatabase({ directory: process.env.DIRECTORY }).catch((error) => { console.log(error.message); process.exit(3) })`,
    { DIRECTORY: 'directory' in made.where ? made.where.directory : '' },
  )
  children.push(second)
  expect(await second.ended).toMatchObject({
    code: 3,
    out: expect.stringContaining(`is in use by process ${process.pid}.`),
  })
  expect(await rows(database.db, sql`select 1 as one`)).toEqual([{ one: 1 }])
})

test('an open that fails gives everything back: the lock, and the thread, so that the process ends', async () => {
  const database = await opened()
  // The tables are there, and no record of the migration that made them: making them again fails.
  await database.db.execute(sql`drop schema drizzle cascade`)
  await database.close()
  open = null
  const directory = 'directory' in made.where ? made.where.directory : ''
  const failing = child(
    `import { openDatabase } from 'project/db/client.ts'
     await openDatabase({ directory: process.env.DIRECTORY }).catch((error) => console.log(error.cause.message))`,
    { DIRECTORY: directory },
  )
  children.push(failing)
  expect(await failing.ended).toMatchObject({ code: 0, out: expect.stringContaining('already exists') })
  const [lock = 'none'] = readdirSync(directory).filter((name) => name.startsWith('firstpass.lock'))
  expect(JSON.parse(readFileSync(`${directory}/${lock}`, 'utf8'))).toMatchObject({ pid: 0 })
})

test('the code of a database error comes through the thread', async () => {
  const { db } = await opened()
  await db.execute(sql`insert into kept_settings values ('twice', '1')`)
  const failing = db.execute(sql`insert into kept_settings values ('twice', '2')`)
  await expect(failing).rejects.toMatchObject({ cause: { code: '23505', constraint: 'kept_settings_pkey' } })
})

test('a block of statements that fails poisons nothing after it', async () => {
  const database = await opened()
  await expect(
    thread(database).exec("begin; insert into kept_settings values ('lost', '1'); select 1 / 0"),
  ).rejects.toMatchObject({
    code: '22012',
  })
  expect(await rows(database.db, sql`select name from kept_settings where name = 'lost'`)).toEqual([])
  await database.db.execute(sql`insert into kept_settings values ('after', '1')`)
  expect(await rows(database.db, sql`select name from kept_settings where name = 'after'`)).toEqual([
    { name: 'after' },
  ])
})

test('a transaction keeps the line to itself: nobody else reads or writes in it', async () => {
  const { db } = await opened()
  const inside = Promise.withResolvers<void>()
  const goOn = Promise.withResolvers<void>()
  const transaction = db.transaction(async (tx) => {
    await tx.execute(sql`insert into kept_settings values ('in doubt', '1')`)
    inside.resolve()
    await goOn.promise
    throw new Error('taken back')
  })
  await inside.promise
  const reading = rows(db, sql`select name from kept_settings where name = 'in doubt'`)
  const writing = db.execute(sql`insert into kept_settings values ('of another', '1')`)
  goOn.resolve()
  await expect(transaction).rejects.toThrow('taken back')
  expect(await reading).toEqual([])
  await writing
  expect(await rows(db, sql`select name from kept_settings where name = 'of another'`)).toHaveLength(1)
})

test('NOTIFY comes through the thread, to every listener, until it stops', async () => {
  const database = await opened()
  const heard: string[] = []
  const { promise: both, resolve } = Promise.withResolvers<void>()
  const note = (who: string) => (payload: string) => {
    heard.push(`${who} ${payload}`)
    if (heard.length === 2) resolve()
  }
  const stopA = await database.listen('news', note('a'))
  await database.listen('news', note('b'))
  await database.db.execute(sql`select pg_notify('news', 'one')`)
  await both
  await stopA()
  await database.db.execute(sql`select pg_notify('news', 'two')`)
  await database.db.execute(sql`select 1`)
  expect(heard).toEqual(['a one', 'b one', 'b two'])
})

test('after closing, every question is refused at once', async () => {
  const database = await opened()
  await database.close()
  open = null
  await expect(database.db.execute(sql`select 1`)).rejects.toMatchObject({
    cause: { message: 'the embedded database has been closed' },
  })
})

test('a first start that is killed at any moment is completed by the next', {
  timeout: 120_000,
}, async () => {
  for (const moment of ['pg_version', 'wal', 'migrating']) {
    made = await testDatabase('empty')
    const directory = 'directory' in made.where ? made.where.directory : ''
    const cut = child(
      `import { openDatabase } from 'project/db/client.ts'
       console.log('starting')
       await openDatabase({ directory: process.env.DIRECTORY })
       console.log('open')`,
      { DIRECTORY: directory },
    )
    children.push(cut)
    await cut.said('starting')
    await until(() => reached(directory, moment))
    await cut.kill()
    // Until it is whole, nothing has the name under which the next start looks for it.
    if (moment !== 'migrating') expect(existsSync(`${directory}/database`)).toBe(false)
    const database = await openDatabase({ directory })
    expect(await rows(database.db, sql`select 1 from rollouts`)).toEqual([])
    await database.close()
    if (moment !== 'migrating') await made.drop()
  }
})

test('whatever was acknowledged before a kill -9 is there after it', { timeout: 60_000 }, async () => {
  made = await testDatabase()
  const directory = 'directory' in made.where ? made.where.directory : ''
  for (let round = 0; round < 3; round++) {
    const writer = child(
      `import { randomUUID } from 'node:crypto'
       import { openDatabase } from 'project/db/client.ts'
       import { addProcedure } from 'project/db/registry.ts'
       import { storeRuns } from 'project/db/store-runs.ts'
       const { db } = await openDatabase({ directory: process.env.DIRECTORY })
       const procedureId = process.env.PROCEDURE
       await addProcedure(db, { id: procedureId, name: 'Killed again and again', createdAt: new Date() })
       const stationId = randomUUID()
       for (let batch = 0; ; batch++) {
         const runs = Array.from({ length: 5 }, (_, index) => ({
           id: randomUUID(), procedureId, stationId, deploymentId: null, attributedBy: 'none', serial: 'S', unit: randomUUID(),
           outcome: 'PASS', startedAt: Date.UTC(2026, 4, 22) + index, endedAt: Date.UTC(2026, 4, 22) + index, zoneless: false, detail: {},
           product: null, shift: 0, sample: null, failureMode: null, failureText: null, shadow: false,
           measurementCount: null, metrics: {},
         }))
         await db.transaction((tx) => storeRuns(tx, runs, new Date()))
         for (const run of runs) console.log('stored ' + run.id)
       }`,
      { DIRECTORY: directory, PROCEDURE: procedure },
    )
    children.push(writer)
    for (let lines = 0; lines < 30 + round * 37; lines++) await writer.said('stored')
    await writer.kill()
    acknowledged.push(...(await writer.ended).out.split('\n').filter((line) => line.startsWith('stored ')))
  }
  const database = await openDatabase({ directory })
  const kept = await rows<{ id: string }>(database.db, sql`select id::text as id from runs`)
  const ids = new Set(kept.map((row) => `stored ${row.id}`))
  expect(acknowledged.filter((line) => !ids.has(line))).toEqual([])
  const [tally] = await rows<{ runs: number }>(
    database.db,
    sql`select sum(runs)::int as runs from hourly_tallies`,
  )
  expect(tally?.runs).toBe(kept.length)
  await database.close()
})

const procedure = '11111111-1111-4111-8111-111111111111'
const acknowledged: string[] = []

function reached(directory: string, moment: string): boolean {
  const inside = (path: string) => existsSync(`${directory}/${path}`)
  const made = readdirSync(directory).filter((name) => name.startsWith('database'))
  if (moment === 'pg_version') return made.some((name) => inside(`${name}/PG_VERSION`))
  if (moment === 'wal')
    return made.some(
      (name) => inside(`${name}/pg_wal`) && readdirSync(`${directory}/${name}/pg_wal`).length > 1,
    )
  return inside('database/postmaster.pid') || inside('database/global/pg_internal.init')
}

async function until(reached: () => boolean): Promise<void> {
  while (!reached()) await new Promise((resolve) => setTimeout(resolve, 5))
}
