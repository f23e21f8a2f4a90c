// PostgreSQL goes away and comes back: nothing that heals by itself is a 4xx, and everything heals by itself.
import { afterAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { openDatabase } from '../../db/client.ts'
import { changeStation } from '../../db/registry.ts'
import { tcpGate } from '../support/tcp-gate.ts'
import { testDatabase } from '../support/test-database.ts'
import { testLine } from '../support/test-line.ts'
import { openTestService } from '../support/test-service.ts'

const made = await testDatabase()
const url = new URL('url' in made.where ? made.where.url : '')
const gate = await tcpGate({ host: url.hostname, port: Number(url.port || 5432) })
url.host = `127.0.0.1:${gate.port}`
const database = await openDatabase({ url: url.href })
afterAll(async () => {
  await database.close()
  await gate.shut()
  await made.drop()
})
const service = await openTestService({ database })
const { ask } = service
const line = await testLine(service, { stations: 2 })
const healed = { timeout: 25_000, interval: 50 }

beforeEach(async () => {
  // A test that failed may have left it shut.
  await gate.open()
  await vi.waitFor(
    async () => expect((await ask('GET', '/readyz', { token: null })).status).toBe(200),
    healed,
  )
})

test('while it is away a run is a 503 that says when to come again, and the service says it is not ready', {
  timeout: 60_000,
}, async () => {
  const body = line.runBody({ unit: 'SN-away' })
  const post = () => ask('POST', '/api/v1/runs', { token: line.bench(0).key, body })
  await gate.shut()
  const away = await post()
  expect(away).toMatchObject({ status: 503, body: { code: 'database_away' } })
  expect(Number(away.headers['retry-after'])).toBeGreaterThan(0)
  expect(
    (await ask('POST', '/api/v1/runs/batch', { token: line.bench(0).key, body: { runs: [body] } })).status,
  ).toBe(503)
  const old = {
    unit_under_test: { serial_number: 'SN-away' },
    run_passed: true,
    procedure_id: line.procedure,
  }
  // Version 1 reads no code: only what happened.
  for (const [url, sent, said] of [
    ['/api/v2/runs', body, { code: 'SERVICE_UNAVAILABLE' }],
    ['/api/v1/runs', old, { error: { message: expect.stringContaining('Send it again') } }],
  ] as const) {
    const foreign = await ask('POST', url, { token: line.bench(0).key, body: sent })
    expect(foreign).toMatchObject({ status: 503, body: said })
    expect(Number(foreign.headers['retry-after'])).toBeGreaterThan(0)
  }
  const unready = await ask('GET', '/readyz', { token: null })
  expect(unready).toMatchObject({ status: 503, body: { ready: false, database: { ok: false } } })
  // Why, and not the statement that was asked.
  expect(unready.body.database.detail).toMatch(/ECONN|CONNECT|not done within/)
  expect(JSON.stringify(unready.body)).not.toMatch(/select|params/i)
  expect((await ask('GET', '/healthz', { token: null })).status).toBe(200)
  await gate.open()
  await vi.waitFor(async () => expect((await post()).status).toBe(200), healed)
})

test('a connection cut in the middle of a transaction stores nothing of it, and the repeat all of it', {
  timeout: 60_000,
}, async () => {
  const runs = Array.from({ length: 500 }, (_, index) => line.runBody({ unit: `SN-cut-${index}` }))
  const post = () => ask('POST', '/api/v1/runs/batch', { token: line.bench(0).key, body: { runs } })
  const cut = post()
  setImmediate(() => gate.cut())
  expect([207, 503]).toContain((await cut).status)
  await vi.waitFor(async () => {
    const again = await post()
    expect(again.status).toBe(207)
    expect(new Set(again.body.results.map((result: { status: number }) => result.status))).toEqual(
      new Set([200]),
    )
  }, healed)
})

test('a station that is known goes on being answered while it is away, and others are told when to come again', {
  timeout: 60_000,
}, async () => {
  const bench = line.bench(0)
  const known = await line.assignments(bench)
  const poll = (token: string, tag = '') =>
    ask('GET', '/api/v1/stations/me/assignments', { token, headers: { 'if-none-match': tag } })
  await gate.shut()
  expect(await poll(bench.key)).toMatchObject({ status: 200, body: known.body })
  expect((await poll(bench.key, String(known.headers.etag))).status).toBe(304)
  const unknown = await poll('fps_of_a_station_that_never_asked')
  expect(unknown).toMatchObject({ status: 503, body: { code: 'database_away' } })
  expect(Number(unknown.headers['retry-after'])).toBeGreaterThan(0)
  await gate.open()
})

test('what changed while nobody could listen is found by the next check', { timeout: 60_000 }, async () => {
  const bench = line.bench(1)
  await line.assignments(bench)
  const elsewhere = await made.open()
  onTestFinished(() => elsewhere.close())
  await gate.shut()
  await elsewhere.db.transaction((tx) => changeStation(tx, bench.id, { name: `${bench.name} renamed` }))
  await gate.open()
  await vi.waitFor(() => service.stations.check(), healed)
  expect((await line.assignments(bench)).body.station.name).toBe(`${bench.name} renamed`)
})

test('a long poll is woken again by pins once the database is back', { timeout: 60_000 }, async () => {
  await gate.shut()
  expect((await ask('GET', '/readyz', { token: null })).status).toBe(503)
  await gate.open()
  await vi.waitFor(
    async () => expect((await ask('GET', '/readyz', { token: null })).status).toBe(200),
    healed,
  )
  const other = await testLine(service, { stations: 1 })
  const { etag } = (await other.assignments(other.bench(0))).headers
  const began = performance.now()
  const waiting = ask('GET', '/api/v1/stations/me/assignments?wait=20', {
    token: other.bench(0).key,
    headers: { 'if-none-match': String(etag) },
  })
  await other.start({ stages: [{ target: { share: 1 } }] })
  expect((await waiting).status).toBe(200)
  expect(performance.now() - began).toBeLessThan(15_000)
})
