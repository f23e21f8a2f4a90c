// All connections are held: whoever asks is told so in bounded time, and everything goes on by itself when they are free.
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { type Db, rows } from '../../db/client.ts'
import { lockProcedure } from '../../db/store-runs.ts'
import { ingest } from '../../server/ingest.ts'
import { openTestDatabase } from '../support/open-test-database.ts'
import { testClock } from '../support/test-clock.ts'
import { testLine } from '../support/test-line.ts'
import { testRollout } from '../support/test-rollout.ts'
import { openTestService } from '../support/test-service.ts'

const database = await openTestDatabase()
const { now } = testClock()
const { take } = ingest({ database: { ...database, db: database.ingest }, now, stored: () => {} })
const service = await openTestService({ database, take })
const { ask } = service
const line = await testLine(service, { stations: 2 })
const ready = () => ask('GET', '/readyz', { token: null })

/** More than there are; those that hold one do so until they are released. */
function holdAll(db: Db): { release(): Promise<unknown> } {
  const released = Promise.withResolvers<void>()
  const holders = Array.from({ length: 8 }, () =>
    db.transaction(async (tx) => {
      await tx.execute(sql`select 1`)
      await released.promise
    }),
  )
  // Those that found none free, and those that idled for too long.
  for (const each of holders) each.catch(() => {})
  return {
    release() {
      released.resolve()
      return Promise.allSettled(holders)
    },
  }
}

test('those of stations: a run is a 503 that says when to come again, and is stored once afterwards', {
  timeout: 60_000,
}, async () => {
  const post = () => line.run({ station: line.bench(0), unit: 'SN-held' })
  await line.run({ station: line.bench(0), unit: 'SN-before' })
  const { release } = holdAll(database.ingest)
  const began = performance.now()
  const [answer, readiness] = await Promise.all([post(), ready()])
  expect(performance.now() - began).toBeLessThan(15_000)
  expect(answer).toMatchObject({ status: 503, body: { code: 'database_away' } })
  expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
  expect(readiness).toMatchObject({ status: 503, body: { ready: false, database: { ok: false } } })
  await release()
  expect((await post()).status).toBe(200)
  expect(await rows(database.db, sql`select 1 from runs where unit = 'sn-held'`)).toHaveLength(1)
  expect((await ready()).status).toBe(200)
})

test('those of people: a decision is refused as a whole, and taken when they are free', {
  timeout: 60_000,
}, async () => {
  const { verb, get } = await testRollout(service, line)
  const { release } = holdAll(database.people)
  const began = performance.now()
  const [abort, readiness] = await Promise.all([verb('abort', { reason: 'tried enough' }), ready()])
  expect(performance.now() - began).toBeLessThan(30_000)
  expect(abort).toMatchObject({ status: 503, body: { code: 'database_away' } })
  expect(readiness.status).toBe(503)
  await release()
  expect((await get()).status).toBe('active')
  expect((await verb('abort', { reason: 'tried enough' })).status).toBe(200)
  expect((await get()).status).not.toBe('active')
})

test('a procedure that somebody holds for long keeps no station waiting for longer than its client waits', {
  timeout: 60_000,
}, async () => {
  const held = Promise.withResolvers<void>()
  const released = Promise.withResolvers<void>()
  const holder = database.db.transaction(async (tx) => {
    await tx.execute(sql`set local idle_in_transaction_session_timeout = 0`)
    await lockProcedure(tx, line.procedure)
    held.resolve()
    await released.promise
  })
  await held.promise
  const began = performance.now()
  const answer = await line.run({ station: line.bench(1), unit: 'SN-locked' })
  expect(performance.now() - began).toBeLessThan(27_000)
  expect(answer).toMatchObject({ status: 503, body: { code: 'busy' } })
  expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
  released.resolve()
  await holder
  expect((await line.run({ station: line.bench(1), unit: 'SN-locked' })).status).toBe(200)
})
