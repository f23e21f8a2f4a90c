// npm run audit:verify as the process that it is: what it prints, and its exit codes.
import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { type Database, rows } from '../../db/client.ts'
import { behindItsBack } from '../support/behind-its-back.ts'
import { databaseSettings, testDatabase } from '../support/test-database.ts'

const made = await testDatabase()

/** The embedded database takes one process: it is closed while the other one reads. */
async function written(work: (database: Database) => Promise<unknown>): Promise<void> {
  const database = await made.open()
  await work(database).finally(database.close)
}

function verify(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  const env = { PATH: process.env.PATH ?? '', ...databaseSettings(made.where) }
  return new Promise((done) =>
    execFile(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', 'db/verify-audit.ts', ...words],
      { env },
      (error, out, err) => done({ code: error ? Number(error.code) : 0, out, err }),
    ),
  )
}

const act = (why: string) =>
  sql`insert into access_events (type, body, by, why, at) values ('test', '{}', '{"name": "Ana"}', ${why}, now())`

test('a record that is whole is printed with its heads; one that was changed or cut is named, with exit code 1', {
  // Seven processes one after another, each with an embedded database of its own.
  timeout: 120_000,
}, async () => {
  await written(async ({ db }) => {
    for (const why of ['one', 'two', 'three']) await db.execute(act(why))
  })
  const whole = await verify()
  expect(whole).toMatchObject({ code: 0, err: '' })
  const head = whole.out.match(/--head (\S+)/)?.[1] ?? ''
  expect(head).toMatch(/^00000000-0000-0000-0000-000000000000:3:[0-9a-f]{64}$/)
  const print = join(tmpdir(), `firstpass-heads-${process.pid}.json`)
  writeFileSync(print, (await verify('--json')).out)

  await written(async ({ db }) => {
    const [last] = await rows<{ id: number }>(db, sql`select max(id)::int as id from access_events`)
    await behindItsBack(
      db,
      sql`delete from access_events where id = ${last?.id ?? 0}`,
      sql`delete from audit_entries where number = 3`,
      sql`update audit_chains set length = 2, hash = (select hash from audit_entries where number = 2)`,
    )
  })
  expect((await verify()).code).toBe(0)
  expect(await verify('--head', head)).toMatchObject({
    code: 1,
    out: expect.stringContaining('cut at its end: it had 3 entries'),
  })
  expect((await verify('--heads', print)).code).toBe(1)

  await written(({ db }) => behindItsBack(db, sql`update access_events set why = 'other' where why = 'one'`))
  expect(await verify()).toMatchObject({
    code: 1,
    out: expect.stringMatching(
      /BROKEN {2}organisation[\s\S]*entry 1 \(access_events 1\): the row was changed/,
    ),
  })
  expect(await verify('--head', 'x')).toMatchObject({
    code: 2,
    err: expect.stringContaining('CHAIN:NUMBER:HASH'),
  })
  await made.drop()
})
