// Somebody has a procedure for long, as a rebuild of its years does: its runs wait, and those of all others do not.
import { expect, test } from 'vitest'
import { lockProcedure } from '../../db/store-runs.ts'
import { ingest } from '../../server/ingest.ts'
import { recounted, tallied } from '../support/history.ts'
import { openTestDatabase } from '../support/open-test-database.ts'
import { testClock } from '../support/test-clock.ts'
import { type TestLine, testLine } from '../support/test-line.ts'
import { openTestService } from '../support/test-service.ts'

const database = await openTestDatabase()
const { now } = testClock()
// As the service does it: storing has its own connections.
const { take } = ingest({ database: { ...database, db: database.ingest }, now, stored: () => {} })
const service = await openTestService({ database, take })
const { ask } = service
const [rebuilt, other] = [await testLine(service, { stations: 1 }), await testLine(service, { stations: 1 })]

test('runs of a procedure that is held wait for it, in batches too, and others are answered meanwhile', async () => {
  const release = Promise.withResolvers<void>()
  const has = Promise.withResolvers<void>()
  const holder = database.db.transaction(async (tx) => {
    await lockProcedure(tx, rebuilt.procedure)
    has.resolve()
    await release.promise
  })
  await has.promise
  const answered: string[] = []
  const post = (line: TestLine, unit: string) =>
    line.run({ station: line.bench(0), unit }).then(({ status }) => answered.push(`${unit} ${status}`))
  const waiting = [post(rebuilt, 'h1')]
  await post(other, 'o1')
  waiting.push(post(rebuilt, 'h2'), post(rebuilt, 'h1'))
  const mixed = [rebuilt, other].map((line) => ({ ...line.runBody({}), station_id: line.bench(0).id }))
  const batch = ask('POST', '/api/v1/runs/batch', { body: { runs: [...mixed, ...mixed] } })
  await post(other, 'o2')
  await post(other, 'o3')
  expect(answered).toEqual(['o1 200', 'o2 200', 'o3 200'])
  release.resolve()
  await holder
  await Promise.all(waiting)
  expect(answered.slice(3).sort()).toEqual(['h1 200', 'h1 200', 'h2 200'])
  const { results } = (await batch).body
  expect(results.map((result: { status: number }) => result.status)).toEqual([200, 200, 200, 200])
  expect([results[2].id, results[3].id]).toEqual([results[0].id, results[1].id])
  for (const line of [rebuilt, other])
    expect(await tallied(database.db, line.procedure)).toEqual(await recounted(database.db, line.procedure))
  expect((await tallied(database.db, rebuilt.procedure)).firstAttempts).toHaveLength(3)
})

test('however many procedures are held, those that are not go on', async () => {
  const lines = await Promise.all(Array.from({ length: 6 }, () => testLine(service, { stations: 1 })))
  const release = Promise.withResolvers<void>()
  const has = Promise.withResolvers<void>()
  const holder = database.db.transaction(async (tx) => {
    for (const { procedure } of lines) await lockProcedure(tx, procedure)
    has.resolve()
    await release.promise
  })
  await has.promise
  const waiting = lines.map((line) => line.run({ station: line.bench(0) }))
  for (let times = 0; times < 5; times++)
    expect((await other.run({ station: other.bench(0) })).status).toBe(200)
  release.resolve()
  await holder
  for (const { status } of await Promise.all(waiting)) expect(status).toBe(200)
})
