// All rollouts at a glance, through the whole service.
import { expect, test } from 'vitest'
import { hour, minute } from '../../server/domain/instant.ts'
import { testLine } from '../support/test-line.ts'
import { testRollout } from '../support/test-rollout.ts'
import { openTestService } from '../support/test-service.ts'

const service = await openTestService()
const { clock } = service
const overview = () => service.service.overview()

test('is empty before anything is registered', async () => {
  expect(await overview()).toEqual({
    live: [],
    moreLive: 0,
    asks: [],
    moreAsks: 0,
    ended: [],
    procedures: [],
  })
})

test('names live rollouts with what they wait for, then what ended, then every procedure', async () => {
  const live = await testLine(service, { stations: 2, name: 'Live' })
  const over = await testLine(service, { stations: 2, name: 'Over' })
  clock.pass(hour)
  const rollout = await testRollout(service, live, {
    stages: [{ target: { stations: 1 }, soak: { minutes: 60 } }, { target: { share: 1 } }],
  })
  await rollout.confirm()
  const ended = await testRollout(service, over)
  await ended.confirm()
  await ended.verb('abort', { reason: 'burnt fixture' })
  for (const bench of over.benches) await over.pickup(bench, over.base)
  await service.judge(over.procedure)
  const found = await overview()
  expect(found.live).toMatchObject([
    {
      id: rollout.id,
      procedure: { name: 'Live' },
      status: 'active',
      stageIndex: 0,
      stageCount: 2,
      taken: 1,
      stations: 2,
      waitsFor: expect.arrayContaining([expect.stringContaining('soak')]),
    },
  ])
  expect(found.ended).toMatchObject([
    { id: ended.id, status: 'aborted', lastDecision: { why: 'burnt fixture' } },
  ])
  expect(found.procedures).toMatchObject([
    { name: 'Live', stationCount: 2, active: { version: 'v1' }, live: { id: rollout.id } },
    { name: 'Over', live: null },
  ])
})

test('tells what asks for a person: approvals, late ones first as urgent, and alarms of stations', async () => {
  const line = await testLine(service, { stations: 2, name: 'Asking' })
  const third = await line.build('v3')
  clock.pass(hour)
  const rollout = await testRollout(service, line, {
    stages: [{ target: { stations: 1 }, soak: { minutes: 0 }, approvals: 1 }, { target: { share: 1 } }],
    gates: [],
  })
  await rollout.confirm()
  await service.judge(line.procedure)
  const own = async () => (await overview()).asks.filter(({ rollout: of }) => of?.id === rollout.id)
  expect(await own()).toMatchObject([
    { kind: 'approval', urgent: false, detail: '1 of 1 approvals is missing' },
  ])
  clock.pass(61 * minute)
  await service.judge(line.procedure)
  expect(await own()).toMatchObject([{ kind: 'approval', urgent: true, what: 'Approve, overdue' }])

  await line.run({ station: line.bench(0), deployment: third, start: -50_000 })
  await line.run({ station: line.bench(1), deployment: third, start: -50_000 })
  await service.look(line.procedure)
  const alarms = (await overview()).asks.filter(({ kind }) => kind === 'alarm')
  expect(alarms.map(({ alarm }) => alarm?.kind)).toContain('drifted')
  expect((await overview()).procedures.find(({ name }) => name === 'Asking')?.openAlarms).toBeGreaterThan(0)
})
