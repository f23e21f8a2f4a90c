// What stations ask and acknowledge.
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { rows } from '../../db/client.ts'
import { stationById } from '../../db/registry.ts'
import { type Bench, testLine } from '../support/test-line.ts'
import { openTestService } from '../support/test-service.ts'

const service = await openTestService()
const { ask, database } = service
const url = '/api/v1/stations/me/assignments'
const poll = (bench: Bench, tag?: unknown, wait?: number) =>
  ask('GET', wait === undefined ? url : `${url}?wait=${wait}`, {
    token: bench.key,
    headers: tag === undefined ? {} : { 'if-none-match': String(tag) },
  })

test('an assignment carries all that a station needs to swap, of each of its procedures', async () => {
  const line = await testLine(service, { stations: 1 })
  const other = await testLine(service, { stations: 0 })
  const bench = line.bench(0)
  await ask('POST', `/api/v1/procedures/${other.procedure}/stations/${bench.id}`)
  const answer = await poll(bench)
  expect(answer.status).toBe(200)
  expect(answer.headers['content-type']).toMatch(/^application\/json/)
  expect(answer.body.station).toEqual({ id: bench.id, name: bench.name })
  expect(answer.body.assignments).toHaveLength(2)
  expect(answer.body.assignments).toContainEqual({
    procedure_id: line.procedure,
    procedure_name: expect.any(String),
    deployment: {
      id: line.base,
      version: 'v1',
      commit_sha: expect.stringMatching(/^[0-9a-f]{40}$/),
      artifact_url: 'https://builds.test/v1.tar.gz',
      artifact_sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    },
  })
})

test('an answer carries what headers matter to JSON, a refusal too', async () => {
  const line = await testLine(service, { stations: 1 })
  const expected = {
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-cache',
  }
  expect((await poll(line.bench(0))).headers).toMatchObject(expected)
  expect((await ask('GET', url, { token: 'fps_wrong' })).headers).toMatchObject(expected)
  expect((await ask('POST', '/api/v1/runs', { token: 'fps_wrong', body: {} })).headers).toMatchObject(
    expected,
  )
})

test('a procedure without an active build assigns nothing', async () => {
  const line = await testLine(service, { stations: 1 })
  const { body } = await ask('POST', '/api/v1/procedures', { body: { name: 'Nothing built yet' } })
  await ask('POST', `/api/v1/procedures/${body.id}/stations/${line.bench(0).id}`)
  const { assignments } = (await poll(line.bench(0))).body
  expect(
    assignments.find((each: { procedure_id: string }) => each.procedure_id === body.id).deployment,
  ).toBeNull()
})

test('the tag of what is known is answered 304, in any form, and a change gives another', async () => {
  const line = await testLine(service, { stations: 1 })
  const { etag } = (await poll(line.bench(0))).headers
  expect(etag).toMatch(/^W\/"/)
  for (const tag of [etag, String(etag).replace('W/', ''), `"other", ${etag}`, '*']) {
    const answer = await poll(line.bench(0), tag)
    expect(answer).toMatchObject({ status: 304, body: '' })
    expect(answer.headers.etag).toBe(etag)
  }
  await ask('POST', `/api/v1/procedures/${line.procedure}/rollback`, {
    body: { deployment_id: line.base, reason: 'same' },
  })
  expect((await poll(line.bench(0), etag)).status).toBe(304)
  await line.start({ stages: [{ target: { share: 1 } }] })
  const changed = await poll(line.bench(0), etag)
  expect(changed.status).toBe(200)
  expect(changed.headers.etag).not.toBe(etag)
})

test('a long poll is answered as soon as a pin changes, and only for the stations it concerns', async () => {
  const line = await testLine(service, { stations: 2 })
  const bystander = await testLine(service, { stations: 1 })
  const { etag } = (await poll(line.bench(0))).headers
  const { etag: theirs } = (await poll(bystander.bench(0))).headers
  const began = performance.now()
  const waiting = poll(line.bench(0), etag, 30)
  const other = poll(bystander.bench(0), theirs, 1)
  await line.start({ stages: [{ target: { share: 1 } }] })
  const answer = await waiting
  expect(answer.status).toBe(200)
  expect(answer.body.assignments[0].deployment.id).toBe(line.next)
  expect(performance.now() - began).toBeLessThan(10_000)
  expect((await other).status).toBe(304)
})

test('a pin that changes between the last answer and the wait is not slept through', async () => {
  const line = await testLine(service, { stations: 1 })
  const { etag } = (await poll(line.bench(0))).headers
  await line.start({ stages: [{ target: { share: 1 } }] })
  expect((await poll(line.bench(0), etag, 30)).status).toBe(200)
})

test('a long poll without a tag, or with an old one, does not wait', async () => {
  const line = await testLine(service, { stations: 1 })
  expect((await poll(line.bench(0), undefined, 30)).status).toBe(200)
  expect((await poll(line.bench(0), 'W/"old"', 30)).status).toBe(200)
})

test('a long poll ends with 304 when its time is over; more than a minute is refused', async () => {
  const line = await testLine(service, { stations: 1 })
  const { etag } = (await poll(line.bench(0))).headers
  const began = performance.now()
  expect((await poll(line.bench(0), etag, 0.2)).status).toBe(304)
  expect(performance.now() - began).toBeGreaterThan(190)
  expect((await poll(line.bench(0), etag, 61)).status).toBe(422)
  expect((await poll(line.bench(0), etag, Number.NaN)).status).toBe(422)
})

test('an acknowledgement is kept as intervals without gaps; the same again changes nothing', async () => {
  const line = await testLine(service, { stations: 1 })
  const bench = line.bench(0)
  await line.pickup(bench, line.base, 'pulled')
  service.clock.pass(60_000)
  await line.pickup(bench, line.base, 'running')
  service.clock.pass(60_000)
  await line.pickup(bench, line.base, 'running')
  await line.pickup(bench, line.next, 'failed', 'no space left')
  const kept = await rows<Record<string, unknown>>(
    database.db,
    sql`select state, message, from_at = lag(to_at) over (order by id) as joined, to_at is null as present
        from pickups where station_id = ${bench.id}::uuid order by id`,
  )
  expect(kept).toEqual([
    { state: 'pulled', message: null, joined: null, present: false },
    { state: 'running', message: null, joined: true, present: false },
    { state: 'failed', message: 'no space left', joined: true, present: true },
  ])
})

test('acknowledgements that come at once leave one present interval', async () => {
  const line = await testLine(service, { stations: 1 })
  const bench = line.bench(0)
  const said = ['pulled', 'running'].flatMap((state) =>
    [line.base, line.next].map((build) => [build, state] as const),
  )
  for (let round = 0; round < 5; round++)
    await Promise.all([...said, ...said].map(([build, state]) => line.pickup(bench, build, state)))
  const [present] = await rows<{ n: number }>(
    database.db,
    sql`select count(*)::int as n from pickups where station_id = ${bench.id}::uuid and to_at is null`,
  )
  expect(present?.n).toBe(1)
})

test.each([
  [
    'of a procedure that is not its own',
    (_: Line, other: Line) => [other.procedure, other.base] as const,
    404,
  ],
  [
    'of a build of another procedure',
    (line: Line, other: Line) => [line.procedure, other.base] as const,
    404,
  ],
  [
    'of a build that nobody knows',
    (line: Line) => [line.procedure, '00000000-0000-4000-8000-000000000000'] as const,
    404,
  ],
  ['without a build', (line: Line) => [line.procedure, undefined] as const, 422],
])('an acknowledgement %s is refused', async (_name, ids, status) => {
  const line = await testLine(service, { stations: 1 })
  const [procedure_id, deployment_id] = ids(line, await testLine(service, { stations: 0 }))
  const answer = await ask('POST', '/api/v1/stations/me/pickups', {
    token: line.bench(0).key,
    body: { procedure_id, deployment_id, state: 'running' },
  })
  expect(answer.status).toBe(status)
})

test('a message that the database cannot keep is named, not a fault', async () => {
  const line = await testLine(service, { stations: 1 })
  const answer = await line.pickup(line.bench(0), line.base, 'failed', 'disk\u0000full')
  expect(answer).toMatchObject({ status: 422, body: { code: 'invalid' } })
})

test('a heartbeat says since when a run is going, and forgets it when the station is idle', async () => {
  const line = await testLine(service, { stations: 1 })
  const { id, key } = line.bench(0)
  const beat = (body: object) => ask('POST', '/api/v1/stations/me/heartbeats', { token: key, body })
  const started = service.clock.iso(-30_000)
  expect(
    (await beat({ busy: true, run_started_at: started, telemetry: { cpu: 0.4 }, checks: { disk: 'ok' } }))
      .status,
  ).toBe(204)
  expect(await stationById(database.db, id)).toMatchObject({
    busy: true,
    runStartedAt: new Date(started),
    heartbeatAt: new Date(service.clock.iso()),
    lastSeenAt: new Date(service.clock.iso()),
  })
  expect((await beat({ busy: false, run_started_at: started })).status).toBe(204)
  expect(await stationById(database.db, id)).toMatchObject({ busy: false, runStartedAt: null })
  expect(await beat({ busy: true, run_started_at: 'yesterday' })).toMatchObject({
    status: 422,
    body: { message: expect.stringContaining('run_started_at') },
  })
})

test('a heartbeat’s telemetry and checks are kept as they were last told', async () => {
  const line = await testLine(service, { stations: 1 })
  const { id, key } = line.bench(0)
  const beat = (body: object) => ask('POST', '/api/v1/stations/me/heartbeats', { token: key, body })
  const checks = { fixture: 'ok', free: { disk: 0.4, list: [1, 'a', null] } }
  await beat({ busy: false, telemetry: { cpu: 0.4, hot: false }, checks })
  expect(await stationById(database.db, id)).toMatchObject({ telemetry: { cpu: 0.4, hot: false }, checks })
  await beat({ busy: false, telemetry: { cpu: 0.9 } })
  const told = await stationById(database.db, id)
  expect([told?.telemetry, told?.checks]).toEqual([{ cpu: 0.9 }, {}])
})

test.each([
  ['telemetry', fields(101), 'telemetry: expected at most 100 fields, got 101'],
  ['checks', { log: 'ü'.repeat(8_190) }, 'checks: expected at most 16 kB of JSON, got 17 kB'],
  ['telemetry', ['cpu'], 'telemetry'],
  ['checks', 'ok', 'checks'],
  ['checks', { name: 'a\u0000b' }, 'U+0000'],
])('%s that are too many, too large or no fields are refused by name', async (field, value, message) => {
  const line = await testLine(service, { stations: 1 })
  const { id, key } = line.bench(0)
  const beat = (body: object) => ask('POST', '/api/v1/stations/me/heartbeats', { token: key, body })
  expect(
    (await beat({ busy: false, telemetry: fields(100), checks: { log: 'a'.repeat(16_000) } })).status,
  ).toBe(204)
  expect(await beat({ busy: false, [field]: value })).toMatchObject({
    status: 422,
    body: { message: expect.stringContaining(message) },
  })
  expect(await stationById(database.db, id)).toMatchObject({ telemetry: fields(100) })
})

function fields(count: number): Record<string, number> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`field ${index}`, index]))
}

type Line = Awaited<ReturnType<typeof testLine>>
