// What leads from one rollout to the next: retry, supersede, rollback.
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { rows } from '../../db/client.ts'
import { bareStages, type TestLine, testLine } from '../support/test-line.ts'
import { rolloutOf, type TestRollout, testRollout } from '../support/test-rollout.ts'
import { openTestService } from '../support/test-service.ts'

const service = await openTestService()
const { ask, database } = service

async function complete(line: TestLine, rollout: TestRollout): Promise<void> {
  for (let stage = (await rollout.get()).stage_index; stage < 3; stage++) await rollout.onward()
  expect((await rollout.get()).status).toBe('completed')
  expect(await Promise.all(line.benches.map((bench) => line.pinned(bench)))).toEqual(
    line.benches.map(() => line.next),
  )
}

test('a completed rollout makes its build the active one and keeps the former to go back to', async () => {
  const line = await testLine(service, { stations: 3 })
  await complete(line, await testRollout(service, line))
  expect((await ask('GET', `/api/v1/procedures/${line.procedure}`)).body).toMatchObject({
    active_deployment_id: line.next,
    former_deployment_id: line.base,
  })
})

test('a retry is a new rollout of the same build and plan, linked, with the same stations first', async () => {
  const line = await testLine(service, { stations: 6 })
  const rollout = await testRollout(service, line)
  expect(await rollout.verb('retry', { reason: 'too soon' })).toMatchObject({
    status: 409,
    body: { message: expect.stringMatching(/Only an aborted/) },
  })
  const order = (await rollout.get()).stations.map((each: { id: string }) => each.id)
  await rollout.verb('abort', { reason: 'fixture was loose' })
  expect((await rollout.verb('retry')).status).toBe(422)
  const again = await rollout.verb('retry', {
    reason: 'fixture tightened',
    command_id: `retry ${rollout.id}`,
  })
  expect(again.status).toBe(201)
  expect(again.body.rollout).toMatchObject({
    retry_of: rollout.id,
    status: 'active',
    reason: 'fixture tightened',
  })
  expect(again.body.rollout.stations.map((each: { id: string }) => each.id)).toEqual(order)
  expect(again.body.rollout.stages.map((stage: { label: string }) => stage.label)).toEqual([
    '1 station',
    '50 %',
    'all stations',
  ])
  const repeated = await rollout.verb('retry', {
    reason: 'fixture tightened',
    command_id: `retry ${rollout.id}`,
  })
  expect(repeated.body.rollout.id).toBe(again.body.rollout.id)
})

test('superseding aborts the one and starts the other in one step', async () => {
  const line = await testLine(service, { stations: 4 })
  const third = await line.build('v3')
  const rollout = await testRollout(service, line)
  await rollout.confirm()
  const [canary] = await rollout.canaries()
  const body = {
    procedure_id: line.procedure,
    deployment_id: third,
    stages: bareStages,
    hand_picked: [canary?.id],
    reason: 'hot fix inside',
  }
  const answer = await rollout.verb('supersede', body)
  expect(answer.status).toBe(201)
  expect(answer.body.rollout).toMatchObject({ status: 'active', deployment: { id: third } })
  expect((await rollout.get()).status).toBe('aborting')
  expect(await line.pinned(canary ?? line.bench(0))).toBe(third)
  // The successor on the canary proves that it has left the superseded build.
  service.clock.pass(1_000)
  if (canary) await line.pickup(canary, third)
  await service.judge(line.procedure)
  expect((await rollout.get()).status).toBe('aborted')
})

test('superseding that cannot start the other changes nothing', async () => {
  const line = await testLine(service, { stations: 4 })
  const rollout = await testRollout(service, line)
  const before = await rollout.get()
  const preview = await line.build('v3', { environment: 'preview' })
  const body = { procedure_id: line.procedure, deployment_id: preview, stages: bareStages }
  expect(await rollout.verb('supersede', body)).toMatchObject({ status: 422, body: { code: 'invalid' } })
  expect(await rollout.get()).toEqual(before)
  expect(await line.pinned((await rollout.canaries())[0] ?? line.bench(0))).toBe(line.next)
  const other = await testLine(service, { stations: 1 })
  expect(
    (await rollout.verb('supersede', { ...body, procedure_id: other.procedure, deployment_id: other.next }))
      .status,
  ).toBe(422)
})

test('another start waits until an abort has every exposed station back', async () => {
  const line = await testLine(service, { stations: 2 })
  const rollout = await testRollout(service, line)
  await rollout.confirm()
  await rollout.verb('abort', { reason: 'no' })
  expect((await rollout.get()).status).toBe('aborting')
  const third = await line.build('v3')
  expect(await line.start({ deployment_id: third })).toMatchObject({
    status: 409,
    body: { message: expect.stringMatching(/abort of .* still waits for stations/) },
  })
  const supersede = await rollout.verb('supersede', { procedure_id: line.procedure, deployment_id: third })
  expect(supersede.status).toBe(409)
  const [silent] = (await rollout.get()).stations.filter(
    (each: { status: string }) => each.status === 'reverting',
  )
  await rollout.verb('waive', { station_id: silent.id, reason: 'scrapped' })
  expect((await rollout.get()).status).toBe('aborted')
  expect((await line.start({ deployment_id: third })).status).toBe(201)
})

test('a rollback returns every station at once to a build that once completed, and stops automatic pushes', async () => {
  const line = await testLine(service, { stations: 3 })
  await complete(line, await testRollout(service, line))
  const rollback = (deployment_id: string, reason = 'field returns') =>
    ask('POST', `/api/v1/procedures/${line.procedure}/rollback`, { body: { deployment_id, reason } })
  const answer = await rollback(line.base)
  expect(answer).toMatchObject({
    status: 200,
    body: { did: expect.stringMatching(/back to v1 on 3 stations/) },
  })
  for (const bench of line.benches) expect(await line.pinned(bench)).toBe(line.base)
  expect((await ask('GET', `/api/v1/procedures/${line.procedure}`)).body).toMatchObject({
    active_deployment_id: line.base,
    former_deployment_id: line.next,
    auto_push: false,
  })
  expect((await rollback(line.next)).status).toBe(200)
  const never = await line.build('v9')
  expect(await rollback(never)).toMatchObject({
    status: 422,
    body: { message: expect.stringMatching(/never ran on all stations/) },
  })
  expect((await rollback(line.base, ' ')).status).toBe(422)
  const [kept] = await rows<{ body: { why: string } }>(
    database.db,
    sql`select body from procedure_events where procedure_id = ${line.procedure}::uuid and type = 'RolledBack' order by id limit 1`,
  )
  expect(kept?.body).toMatchObject({
    why: 'field returns',
    from: line.next,
    deploymentId: line.base,
    by: { door: 'api' },
  })
})

test('a rollback leaves the builds of old runs as they were', async () => {
  const line = await testLine(service, { stations: 2 })
  const station = line.bench(0)
  await line.run({ station, unit: 'SN-old', deployment: line.base })
  await complete(line, await testRollout(service, line))
  await line.run({ station, unit: 'SN-new', deployment: line.next })
  await ask('POST', `/api/v1/procedures/${line.procedure}/rollback`, {
    body: { deployment_id: line.base, reason: 'back' },
  })
  const runs = await rows<{ unit: string; build: string }>(
    database.db,
    sql`select unit, deployment_id::text as build from runs where procedure_id = ${line.procedure}::uuid order by unit`,
  )
  expect(runs).toEqual([
    { unit: 'sn-new', build: line.next },
    { unit: 'sn-old', build: line.base },
  ])
})

test('while a rollout is live a rollback is refused, saying what to do instead', async () => {
  const line = await testLine(service, { stations: 2 })
  const rollout = await testRollout(service, line)
  await rollout.confirm()
  const rollback = () =>
    ask('POST', `/api/v1/procedures/${line.procedure}/rollback`, {
      body: { deployment_id: line.base, reason: 'back' },
    })
  expect(await rollback()).toMatchObject({
    status: 409,
    body: { message: expect.stringMatching(/live.*Abort it/) },
  })
  await rollout.verb('abort', { reason: 'no' })
  expect(await rollback()).toMatchObject({
    status: 409,
    body: { message: expect.stringMatching(/abort of .* still waits/) },
  })
})

test('a rollout of one station has one stage that matters: it may go straight to all', async () => {
  const line = await testLine(service, { stations: 1 })
  const answer = await line.start({ preset: 'hot-fix' })
  expect(answer.status).toBe(201)
  const rollout = rolloutOf(service, line, answer.body.rollout.id)
  expect(await rollout.canaries()).toHaveLength(1)
})
