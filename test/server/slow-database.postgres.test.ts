// The database answers late, or goes away in the middle of a group: what is acknowledged is stored, and no more waits than may.
import { sql } from 'drizzle-orm'
import { afterAll, beforeEach, expect, test, vi } from 'vitest'
import { openDatabase, rows } from '../../db/client.ts'
import { ingest } from '../../server/ingest.ts'
import { recounted, tallied } from '../support/history.ts'
import { tcpGate } from '../support/tcp-gate.ts'
import { testClock } from '../support/test-clock.ts'
import { testDatabase } from '../support/test-database.ts'
import { testLine } from '../support/test-line.ts'
import { openTestService } from '../support/test-service.ts'

const made = await testDatabase()
const url = new URL('url' in made.where ? made.where.url : '')
const gate = await tcpGate({ host: url.hostname, port: Number(url.port || 5432) })
url.host = `127.0.0.1:${gate.port}`
const database = await openDatabase({ url: url.href })
// Around the gate: to see what is stored, whatever the gate does.
const beside = await made.open()
afterAll(async () => {
  await database.close()
  await beside.close()
  await gate.shut()
  await made.drop()
})
const { now } = testClock()
const stored: string[] = []
const { take } = ingest({ database, now, stored: (id) => stored.push(id), capacity: 60 })
const service = await openTestService({ database, take })
const { ask } = service
const line = await testLine(service, { stations: 2 })
const idsStored = async () =>
  (await rows<{ id: string }>(beside.db, sql`select id::text as id from runs order by 1`)).map(({ id }) => id)

beforeEach(() => gate.slow(0))

test('late by half a second: as many wait as may, the others are told to come again, and nothing is lost', {
  timeout: 60_000,
}, async () => {
  const post = (index: number) =>
    ask('POST', '/api/v1/runs', {
      token: line.bench(index % 2).key,
      body: line.runBody({ unit: `slow-${index}` }),
    })
  // Their keys are known from here on: what waits below are runs.
  const before = await Promise.all([post(0), post(1)])
  gate.slow(500)
  const all = await Promise.all(Array.from({ length: 100 }, (_, index) => post(index + 2)))
  const taken = all.filter(({ status }) => status === 200)
  const refused = all.filter(({ status }) => status === 503)
  expect(taken.length + refused.length).toBe(100)
  expect(taken.length).toBeGreaterThanOrEqual(60)
  expect(refused.length).toBeGreaterThan(0)
  for (const each of refused)
    expect(each).toMatchObject({ body: { code: 'busy' }, headers: { 'retry-after': '2' } })
  expect(await idsStored()).toEqual([...before, ...taken].map(({ body }) => body.id).sort())
})

test('away in the middle of a group: those that were not acknowledged come again, and each counts once', {
  timeout: 60_000,
}, async () => {
  const bodies = Array.from({ length: 40 }, (_, index) =>
    line.runBody({ unit: `cut-${index % 30}`, start: index }),
  )
  const post = (body: object, index: number) =>
    ask('POST', '/api/v1/runs', { token: line.bench(index % 2).key, body })
  gate.slow(20)
  const posting = bodies.map(post)
  await Promise.race(posting)
  const more = bodies.map(post)
  setImmediate(() => gate.cut())
  const answers = await Promise.all([...posting, ...more])
  for (const { status } of answers) expect([200, 503]).toContain(status)
  const acknowledged = answers.filter(({ status }) => status === 200).map(({ body }) => body.id)
  expect(await idsStored()).toEqual(expect.arrayContaining(acknowledged))
  await vi.waitFor(
    async () => {
      for (const [index, body] of bodies.entries()) expect((await post(body, index)).status).toBe(200)
    },
    { timeout: 30_000, interval: 200 },
  )
  const [found] = await rows<{ count: number }>(
    beside.db,
    sql`select count(*)::int as count from runs where unit like 'cut-%'`,
  )
  expect(found?.count).toBe(40)
  expect(await tallied(beside.db, line.procedure)).toEqual(await recounted(beside.db, line.procedure))
  expect(new Set(stored)).toEqual(new Set([line.procedure]))
})

test('a standby that takes no writes yet is a database that is away, for all at once', {
  timeout: 60_000,
}, async () => {
  const [name] = await rows<{ name: string }>(beside.db, sql`select current_database() as name`)
  const readOnly = async (value: string) => {
    await beside.db.execute(
      sql`alter database ${sql.identifier(name?.name ?? '')} set default_transaction_read_only = ${sql.raw(value)}`,
    )
    gate.cut()
    await vi.waitFor(
      async () =>
        expect(
          await rows(database.db, sql`select current_setting('transaction_read_only') as value`),
        ).toEqual([{ value }]),
      { timeout: 30_000, interval: 100 },
    )
  }
  const post = () =>
    Promise.all(
      Array.from({ length: 8 }, (_, index) => line.run({ station: line.bench(0), unit: `standby-${index}` })),
    )
  await readOnly('on')
  for (const each of await post())
    expect(each).toMatchObject({ status: 503, body: { code: 'database_away' } })
  await readOnly('off')
  await vi.waitFor(
    async () => expect((await post()).map(({ status }) => status)).toEqual(Array(8).fill(200)),
    { timeout: 30_000, interval: 200 },
  )
})
