// Which stations may have the build: an abort must know, and a completed rollout must have reached all of them.
import { expect, test } from 'vitest'
import { testLine } from '../support/test-line.ts'
import { testRollout } from '../support/test-rollout.ts'
import { openTestService } from '../support/test-service.ts'

const service = await openTestService()
const { ask, clock } = service
const stage = (target: object) => ({ target, soak: {} })
const twoStages = [stage({ share: 0.5 }), stage({ share: 1 })]

test('an abort waits for a station that was told of the build, though it never said a word', async () => {
  const line = await testLine(service, { stations: 4 })
  const rollout = await testRollout(service, line, { stages: twoStages })
  const [told, untold] = await rollout.canaries()
  if (!told || !untold) throw new Error('expected two canary stations')
  clock.pass(1_000)
  await line.assignments(told)
  await rollout.verb('abort', { reason: 'wrong limits' })
  expect((await rollout.get()).status).toBe('aborting')
  expect(await rollout.station(told)).toMatchObject({ status: 'reverting' })
  expect(await rollout.station(untold)).toMatchObject({ status: 'reverted' })

  clock.pass(60_000)
  await line.run({ station: told, deployment: line.base })
  await service.judge(line.procedure)
  expect((await rollout.get()).status).toBe('aborted')
})

test('an abort knows of a run that nobody has judged yet', async () => {
  const line = await testLine(service, { stations: 4 })
  const rollout = await testRollout(service, line, { stages: twoStages })
  const [canary] = await rollout.canaries()
  if (!canary) throw new Error('expected a canary station')
  clock.pass(1_000)
  await line.run({ station: canary, deployment: line.next })
  await rollout.verb('abort', { reason: 'wrong limits' })
  expect((await rollout.get()).status).toBe('aborting')
  expect(await rollout.station(canary)).toMatchObject({ status: 'reverting' })
})

test('a station that joins during the last stage has the build when the rollout is complete', async () => {
  const line = await testLine(service, { stations: 2 })
  const rollout = await testRollout(service, line, { stages: twoStages })
  await rollout.onward()
  const late = await line.addBench()
  await service.judge(line.procedure)
  expect(await line.pinned(late)).toBe(line.base)
  await rollout.onward()
  expect((await rollout.get()).status).toBe('completed')
  expect(await line.pinned(late)).toBe(line.next)
  expect((await ask('GET', `/api/v1/procedures/${line.procedure}`)).body.active_deployment_id).toBe(line.next)
})

test('a rollout of a group leaves the active build of the others alone', async () => {
  const line = await testLine(service, { stations: 2 })
  const other = await line.addBench({ site: 'Penang' })
  const rollout = await testRollout(service, line, { stages: twoStages, group: { sites: ['Lyon'] } })
  await rollout.onward()
  await rollout.onward()
  expect((await rollout.get()).status).toBe('completed')
  expect(await line.pinned(line.bench(0))).toBe(line.next)
  expect(await line.pinned(other)).toBe(line.base)
  expect((await ask('GET', `/api/v1/procedures/${line.procedure}`)).body.active_deployment_id).toBe(line.base)
})

test('a held station does not keep a build from becoming the active one', async () => {
  const line = await testLine(service, { stations: 3 })
  const held = line.bench(2)
  await ask('PATCH', `/api/v1/stations/${held.id}`, { body: { held_reason: 'fixture away' } })
  const rollout = await testRollout(service, line, { stages: twoStages })
  expect((await rollout.get()).stations).toHaveLength(2)
  await rollout.onward()
  await rollout.onward()
  expect(await line.pinned(held)).toBe(line.base)
  expect((await ask('GET', `/api/v1/procedures/${line.procedure}`)).body.active_deployment_id).toBe(line.next)
})
