// The history of a procedure: what was rolled out, by whom, how it ended and why.
import { expect, test } from 'vitest'
import { day, hour } from '../../server/domain/instant.ts'
import { bareStages, testLine } from '../support/test-line.ts'
import { rolloutOf, testRollout } from '../support/test-rollout.ts'
import { openTestService } from '../support/test-service.ts'

const service = await openTestService()
const { ask, clock } = service
const history = async (procedure: string, limit = '') =>
  (await ask('GET', `/api/v1/procedures/${procedure}/history${limit}`)).body.data

test('tells the first build, each rollout with its end, and a rollback, newest first', async () => {
  const line = await testLine(service, { stations: 2 })
  clock.pass(hour)
  const aborted = await testRollout(service, line)
  await aborted.confirm()
  clock.pass(3 * hour)
  await aborted.verb('abort', { reason: 'burnt fixture' })
  const abortedAt = clock.now()
  for (const bench of line.benches) await line.pickup(bench, line.base)
  await service.judge(line.procedure)

  clock.pass(hour)
  const completed = await testRollout(service, line)
  await completed.confirm()
  clock.pass(2 * day)
  await completed.verb('set', { share: 1, override: true, reason: 'inventory' })
  await completed.confirm()
  await completed.verb('advance', { override: true, reason: 'looks good' })
  const completedAt = clock.now()
  clock.pass(hour)
  await ask('POST', `/api/v1/procedures/${line.procedure}/rollback`, {
    body: { deployment_id: line.base, reason: 'escapes at the customer' },
  })

  const told = await history(line.procedure)
  expect(told).toMatchObject([
    { at: clock.now(), what: 'rolled back to v1', why: 'escapes at the customer', rollout: null },
    { at: completedAt, what: 'completed the rollout of v2 after 2 days', why: 'looks good' },
    { at: abortedAt, what: 'aborted the rollout of v2 after 3 h', why: 'burnt fixture' },
    { what: 'named v1 as the active build', why: 'what runs today', rollout: null },
  ])
  for (const { by } of told) expect(by).toMatchObject({ door: 'api' })
  expect(told[1].rollout).toMatchObject({ id: completed.id, version: 'v2', status: 'completed' })
  expect(told[2].rollout).toMatchObject({ id: aborted.id, status: 'aborted' })
  expect(told[2].rollout.url).toContain(aborted.id)

  expect(await history(line.procedure, '?limit=2')).toEqual(told.slice(0, 2))
  expect((await service.service.history(line.procedure, 1))[0]?.what).toBe('rolled back to v1')
})

test('tells of a live rollout who started it and where it is, and of an open abort what is missing', async () => {
  const line = await testLine(service, { stations: 2 })
  const pending = { stages: bareStages, start_at: clock.iso(hour), reason: 'tonight' }
  const { body } = await line.start(pending)
  expect((await history(line.procedure))[0]).toMatchObject({
    what: 'asked for a rollout of v2; it waits for its start',
    why: 'tonight',
    rollout: { status: 'pending' },
  })
  const rollout = rolloutOf(service, line, body.rollout.id)
  clock.pass(hour)
  await service.judge(line.procedure)
  await rollout.confirm()
  expect((await history(line.procedure))[0]).toMatchObject({
    what: 'started the rollout of v2; now in stage 1 of 3',
  })
  await rollout.verb('pause', { reason: 'lunch' })
  expect((await history(line.procedure))[0]).toMatchObject({
    what: 'started the rollout of v2; paused in stage 1 of 3',
    rollout: { status: 'paused' },
  })
  await rollout.verb('abort', { reason: 'smoke' })
  expect((await history(line.procedure))[0]).toMatchObject({
    at: clock.now(),
    what: 'aborted the rollout of v2 after 0 min; its stations are on their way back',
    why: 'smoke',
    rollout: { status: 'aborting' },
  })
})

test('names who had started what another person ended', async () => {
  const line = await testLine(service, { stations: 2 })
  const rollout = await testRollout(service, line)
  const marek = { kind: 'person' as const, id: 'U2', name: 'Marek', door: 'slack' as const }
  clock.pass(90 * 60_000)
  await service.service.command(rollout.id, { verb: 'abort', why: 'smoke' }, marek)
  const [last] = await service.service.history(line.procedure)
  expect(last?.by).toEqual(marek)
  expect(last?.what).toMatch(/^aborted the rollout of v2 after 90 min; .+ had started it$/)
})

test('is cut to the newest, whichever they are', async () => {
  const line = await testLine(service, { stations: 1 })
  const ends: number[] = []
  for (let count = 0; count < 6; count++) {
    const { body } = await line.start({ stages: bareStages.slice(2), start_at: clock.iso(day) })
    clock.pass(60_000)
    await rolloutOf(service, line, body.rollout.id).verb('abort', { reason: 'not yet' })
    ends.unshift(clock.now())
  }
  const told = await history(line.procedure, '?limit=3')
  expect(told.map(({ at }: { at: number }) => at)).toEqual(ends.slice(0, 3))
})

test('of another procedure is not told, and of none is a 404', async () => {
  const [one, other] = [await testLine(service, { stations: 1 }), await testLine(service, { stations: 1 })]
  await testRollout(service, one)
  expect(await history(other.procedure)).toHaveLength(1)
  const none = await ask('GET', '/api/v1/procedures/00000000-0000-4000-8000-000000000000/history')
  expect(none).toMatchObject({ status: 404, body: { code: 'not_found' } })
  const url = `/api/v1/procedures/${one.procedure}/history`
  expect((await ask('GET', `${url}?limit=0`)).status).toBe(422)
  expect((await ask('GET', url, { token: null })).status).toBe(401)
})
