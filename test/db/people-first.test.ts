// What a person waits for does not queue behind stations, judging and runs.
import { sql } from 'drizzle-orm'
import { expect, onTestFinished, test } from 'vitest'
import { type Db, rows } from '../../db/client.ts'
import { openTestDatabase } from '../support/open-test-database.ts'

const database = await openTestDatabase()

/** More pieces of work than there are connections, the first of which is under way until `end`. */
async function workFor(db: Db, done: string[]) {
  const begun = Promise.withResolvers<void>()
  const end = Promise.withResolvers<void>()
  onTestFinished(() => end.resolve())
  const all = Array.from({ length: 20 }, () =>
    db.transaction(async (tx: Db) => {
      begun.resolve()
      await end.promise
      await tx.execute(sql`select 1`)
      done.push('work')
    }),
  )
  await begun.promise
  return { end: end.resolve, all: Promise.all(all) }
}

test('of all that waits, a question of a person is answered next', async () => {
  const done: string[] = []
  const usual = await workFor(database.db, done)
  const ingest = database.engine.kind === 'postgres' ? await workFor(database.ingest, done) : null
  const asked = rows(database.people, sql`select 1 as one`).then((found) => {
    done.push('question')
    return found
  })
  // PostgreSQL has connections for it; the embedded database one alone, which the first piece of work holds.
  if (ingest) expect(await asked).toEqual([{ one: 1 }])
  ingest?.end()
  usual.end()
  expect(await asked).toEqual([{ one: 1 }])
  await Promise.all([usual.all, ingest?.all])
  expect(done.indexOf('question')).toBeLessThan(2)
  expect(done.filter((each) => each === 'work')).toHaveLength(ingest ? 40 : 20)
})

test('people who ask without end do not shut the others out', async () => {
  const done: string[] = []
  const usual = await workFor(database.db, done)
  const people = Array.from({ length: 100 }, () =>
    rows(database.people, sql`select 1`).then(() => done.push('question')),
  )
  usual.end()
  await Promise.all([...people, usual.all])
  // The first was under way before anybody asked.
  expect(done.slice(1, 30)).toContain('work')
})
