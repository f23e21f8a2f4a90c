// PostgreSQL is struck down under load and started again: nobody has to help, and nothing that was acknowledged is missing.
import { sql } from 'drizzle-orm'
import Fastify from 'fastify'
import { afterAll, expect, test, vi } from 'vitest'
import { openDatabase, rows } from '../../db/client.ts'
import { ingest } from '../../server/ingest.ts'
import { startJobs } from '../../server/jobs.ts'
import type { Delivery } from '../../server/service.ts'
import { recounted, tallied } from '../support/history.ts'
import { startPostgres } from '../support/postgres-server.ts'
import { testClock } from '../support/test-clock.ts'
import { testLine } from '../support/test-line.ts'
import { testRollout } from '../support/test-rollout.ts'
import { openTestService } from '../support/test-service.ts'

// As a server in production is: what it has acknowledged is on the disk.
const server = await startPostgres([])
afterAll(() => server.stop())
const [database, elsewhere] = [await openDatabase(server), await openDatabase(server)]
afterAll(() => Promise.all([database.close(), elsewhere.close()]))
const jobs = await startJobs(database, Fastify().log)
afterAll(() => jobs.stop())
const { now } = testClock()
const { take } = ingest({ database: { ...database, db: database.ingest }, now, stored: () => {} })
const service = await openTestService({ database, take, deliveries: jobs.deliveries })
/** Another process that stations poll at. */
const replica = await openTestService({ database: elsewhere })
const line = await testLine(service, { stations: 3 })
const delivered: Delivery[] = []
await jobs.work(async (job) => {
  delivered.push(job)
  return { delivered: true }
})
const ready = async () => (await service.ask('GET', '/readyz', { token: null })).status
const patience = { timeout: 60_000, interval: 100 }

test('runs go on by themselves, each stored once; waiting polls hear of decisions again, and deliveries go on', {
  timeout: 240_000,
}, async () => {
  const acknowledged = new Set<string>()
  let answered503 = 0
  let isOver = false
  const station = async (place: number) => {
    for (let index = 0; !isOver; index++) {
      const body = line.runBody({ unit: `load-${place}-${index}`, start: index })
      for (;;) {
        const { status, body: answer } = await service.ask('POST', '/api/v1/runs', {
          token: line.bench(place).key,
          body,
        })
        expect([200, 503]).toContain(status)
        if (status === 200) {
          acknowledged.add(answer.id)
          break
        }
        answered503 += 1
        await new Promise((done) => setTimeout(done, 100))
      }
    }
  }
  const load = [0, 1, 2].map(station)
  for (let times = 0; times < 2; times++) {
    const before = acknowledged.size
    await vi.waitFor(() => expect(acknowledged.size).toBeGreaterThan(before + 30), patience)
    await server.crash()
    await vi.waitFor(async () => expect(await ready()).toBe(503), patience)
    const refused = answered503
    await vi.waitFor(() => expect(answered503).toBeGreaterThan(refused), patience)
    await server.startAgain()
    await vi.waitFor(async () => expect(await ready()).toBe(200), patience)
  }
  const after = acknowledged.size
  await vi.waitFor(() => expect(acknowledged.size).toBeGreaterThan(after + 30), patience)
  isOver = true
  await Promise.all(load)
  const stored = await rows<{ id: string }>(database.db, sql`select id::text as id from runs`)
  expect(new Set(stored.map(({ id }) => id))).toEqual(acknowledged)
  expect(await tallied(database.db, line.procedure)).toEqual(await recounted(database.db, line.procedure))

  const bench = line.bench(0)
  const poll = (wait: number, tag = '') =>
    replica.ask('GET', `/api/v1/stations/me/assignments?wait=${wait}`, {
      token: bench.key,
      headers: { 'if-none-match': tag },
    })
  const { etag } = (await poll(0)).headers
  const began = performance.now()
  const waiting = poll(50, String(etag))
  const rollout = await testRollout(service, line, { stages: [{ target: { share: 1 } }] })
  expect((await waiting).status).toBe(200)
  expect(performance.now() - began).toBeLessThan(20_000)
  await vi.waitFor(
    () => expect(delivered).toContainEqual(expect.objectContaining({ kind: 'card', rolloutId: rollout.id })),
    patience,
  )
})

test('a decision, a judgement and a job that meet the crash leave nothing half done, and come through afterwards', {
  timeout: 240_000,
}, async () => {
  const other = await testLine(service, { stations: 2 })
  const rollout = await testRollout(service, other)
  await rollout.confirm()
  const count = async () => (await rollout.events()).length
  const cards = () => delivered.filter((job) => job.kind === 'card' && job.rolloutId === rollout.id).length
  const before = await count()
  await vi.waitFor(async () => expect(await jobs.waiting()).toBe(0), patience)
  const shown = cards()
  const struck = [
    rollout.verb('pause', { reason: 'struck down' }),
    service.judge(other.procedure).then(
      () => 'judged',
      () => 'failed',
    ),
    server.crash(),
  ]
  const [pause] = await Promise.all(struck)
  await server.startAgain()
  await vi.waitFor(async () => expect(await ready()).toBe(200), patience)
  const isPaused = (await rollout.get()).status === 'paused'
  // All of it or nothing: the state, its event, and the delivery that was queued with it.
  if (typeof pause === 'object' && pause.status === 200) expect(isPaused).toBe(true)
  expect((await count()) - before).toBe(isPaused ? 1 : 0)
  if (!isPaused) expect((await rollout.verb('pause', { reason: 'once more' })).status).toBe(200)
  await vi.waitFor(() => service.judge(other.procedure), patience)
  const paused = (await rollout.events()).filter(({ type }) => type === 'RolloutPaused' || type === 'Paused')
  expect(paused).toHaveLength(1)
  await vi.waitFor(() => expect(cards()).toBeGreaterThan(shown), patience)
})
