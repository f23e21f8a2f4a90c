// Keys of stations over HTTP: shown once, replaced with an overlap, revoked at once.
import { expect, test } from 'vitest'
import { type Bench, testLine } from '../support/test-line.ts'
import { openTestService } from '../support/test-service.ts'

const service = await openTestService()
const { ask, clock } = service
const minutes = (count: number) => count * 60_000
const keysOf = async (bench: Bench) => (await ask('GET', `/api/v1/stations/${bench.id}/keys`)).body.data
const opens = async (key: string) =>
  (await ask('GET', '/api/v1/stations/me/assignments', { token: key })).status

test('a new key is shown once, and the old one goes on for the overlap', async () => {
  const bench = (await testLine(service, { stations: 1 })).bench(0)
  const made = await ask('POST', `/api/v1/stations/${bench.id}/keys`, { body: { overlap_minutes: 30 } })
  expect(made).toMatchObject({
    status: 201,
    body: { key: expect.stringMatching(/^fps_/), former_ends_at: clock.iso(minutes(30)) },
  })
  const { key, prefix } = made.body
  expect([await opens(bench.key), await opens(key)]).toEqual([200, 200])
  const listed = await keysOf(bench)
  expect(JSON.stringify(listed)).not.toContain(key)
  expect(listed).toMatchObject([
    { prefix, state: 'in use', ends_at: null, why: null },
    {
      prefix: bench.key.slice(0, 8),
      state: 'ending',
      ends_at: clock.iso(minutes(30)),
      why: 'replaced by a new key',
    },
  ])
  clock.pass(minutes(30))
  expect([await opens(bench.key), await opens(key)]).toEqual([401, 200])
  expect((await keysOf(bench))[1].state).toBe('ended')
})

test('without an overlap the old key ends at once; a second change never lengthens a first', async () => {
  const bench = (await testLine(service, { stations: 1 })).bench(0)
  const rotate = (overlap_minutes: number) =>
    ask('POST', `/api/v1/stations/${bench.id}/keys`, { body: { overlap_minutes } })
  const second = (await rotate(5)).body.key
  const third = (await rotate(0)).body.key
  expect([await opens(bench.key), await opens(second), await opens(third)]).toEqual([401, 401, 200])
  expect((await rotate(-1)).status).toBe(422)
})

test('a revoked key is told when, and not whose it was', async () => {
  const bench = (await testLine(service, { stations: 1 })).bench(0)
  const prefix = bench.key.slice(0, 8)
  const path = `/api/v1/stations/${bench.id}/keys/${prefix}`
  const revoked = await ask('POST', `${path}/revoke`, {
    body: { reason: 'left on a bench in Gdansk' },
    headers: { 'x-actor-name': 'Ines' },
  })
  expect(revoked.body).toMatchObject({ prefix, state: 'ended', why: 'left on a bench in Gdansk' })
  const at = clock.iso()
  clock.pass(minutes(1))
  const told = await ask('GET', '/api/v1/stations/me/assignments', { token: bench.key })
  expect(told).toMatchObject({
    status: 401,
    body: { code: 'unauthorized', message: `This key was revoked on ${at}: ask for a new one.` },
  })
  // Once more changes nothing, and the reason stays.
  expect((await ask('DELETE', path)).body).toMatchObject({ ends_at: at, why: 'left on a bench in Gdansk' })
  const events = (await ask('GET', `/api/v1/stations/${bench.id}/events`)).body.data
  expect(events).toMatchObject([
    { type: 'key revoked', body: { prefix }, by: { name: 'Ines' }, why: 'left on a bench in Gdansk', at },
    { type: 'registered' },
  ])
  expect(JSON.stringify(events)).not.toContain(bench.key)
})

test('a key that the station does not have cannot be revoked', async () => {
  const line = await testLine(service, { stations: 2 })
  const path = `/api/v1/stations/${line.bench(0).id}/keys/fps_none`
  expect(await ask('DELETE', path)).toMatchObject({ status: 404, body: { code: 'not_found' } })
  expect((await ask('POST', `${path}/revoke`, { body: {} })).status).toBe(422)
  expect((await ask('DELETE', path, { token: line.bench(0).key })).status).toBe(403)
})

test('when a key was last used is written once in a few minutes, and is a sign of life', async () => {
  const bench = (await testLine(service, { stations: 1 })).bench(0)
  const lastUsed = async () => (await keysOf(bench))[0].last_used_at
  expect(await lastUsed()).toBeNull()
  const first = clock.iso()
  await opens(bench.key)
  expect(await lastUsed()).toBe(first)
  const listed = (await ask('GET', '/api/v1/stations')).body.data
  expect(listed.find(({ id }: Bench) => id === bench.id).last_seen_at).toBe(first)
  clock.pass(minutes(2))
  await opens(bench.key)
  expect(await lastUsed()).toBe(first)
  clock.pass(minutes(1))
  await opens(bench.key)
  expect(await lastUsed()).toBe(clock.iso())
})

test('a long poll whose key is revoked while it waits is not answered with new pins', async () => {
  const line = await testLine(service, { stations: 1 })
  const bench = line.bench(0)
  const { etag } = (await line.assignments(bench)).headers
  const poll = ask('GET', '/api/v1/stations/me/assignments?wait=20', {
    token: bench.key,
    headers: { 'if-none-match': String(etag) },
  })
  await expect.poll(() => service.waiting()).toBe(1)
  await ask('DELETE', `/api/v1/stations/${bench.id}/keys/${bench.key.slice(0, 8)}`)
  // At once, not when its time is up.
  expect(await poll).toMatchObject({ status: 401, body: { message: expect.stringContaining('revoked') } })
})
