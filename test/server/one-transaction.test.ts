// State, pins, events and deliveries change together or not at all.
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { rows } from '../../db/client.ts'
import type { Deliveries } from '../../server/apply-command.ts'
import { bareStages, testLine } from '../support/test-line.ts'
import { testRollout } from '../support/test-rollout.ts'
import { openTestService } from '../support/test-service.ts'

let failing = false
const fail = async () => {
  if (failing) throw new Error('the queue is gone')
}
const deliveries: Deliveries = { send: fail }
const service = await openTestService({ deliveries })
const { database } = service

const everything = async () =>
  Object.fromEntries(
    await Promise.all(
      [
        'rollouts',
        'rollout_stations',
        'events',
        'pins',
        'arm_tallies',
        'verdicts',
        'commands',
        'retests',
        'procedures',
      ].map(async (table) => [
        table,
        await rows(database.db, sql`select to_jsonb(t) as row from ${sql.identifier(table)} t order by 1`),
      ]),
    ),
  )

async function nothingChanges(work: () => Promise<unknown>): Promise<void> {
  const before = await everything()
  failing = true
  await work().finally(() => {
    failing = false
  })
  expect(await everything()).toEqual(before)
}

test('a start that fails at its last step has not happened', async () => {
  const line = await testLine(service, { stations: 3 })
  await nothingChanges(async () => {
    expect((await line.start({ stages: bareStages, command_id: 'start' })).status).toBe(500)
  })
  expect((await line.start({ stages: bareStages, command_id: 'start' })).status).toBe(201)
})

test('an advance, an abort and a supersede that fail at their last step have not happened', async () => {
  const line = await testLine(service, { stations: 4 })
  const third = await line.build('v3')
  const rollout = await testRollout(service, line)
  await rollout.confirm()
  await nothingChanges(async () => {
    expect((await rollout.verb('advance', { override: true, reason: 'go', command_id: 'go' })).status).toBe(
      500,
    )
    expect((await rollout.verb('abort', { reason: 'no' })).status).toBe(500)
    const body = { procedure_id: line.procedure, deployment_id: third, stages: bareStages }
    expect((await rollout.verb('supersede', body)).status).toBe(500)
  })
  expect((await rollout.verb('advance', { override: true, reason: 'go', command_id: 'go' })).status).toBe(200)
})

test('retests that cannot be told have not been asked for', async () => {
  const line = await testLine(service, { stations: 2 })
  const rollout = await testRollout(service, line)
  await rollout.confirm()
  const [canary = line.bench(0)] = await rollout.canaries()
  const other = line.benches.find((bench) => bench.id !== canary.id) ?? line.bench(1)
  service.clock.pass(60_000)
  await line.runs([
    { station: canary, deployment: line.next, outcome: 'FAIL' },
    { station: other, deployment: line.base, outcome: 'FAIL' },
  ])
  const body = { count: 1, command_id: `retests ${rollout.id}` }
  const url = `/api/v1/rollouts/${rollout.id}/retests`
  await nothingChanges(async () => {
    expect((await service.ask('POST', url, { body })).status).toBe(500)
  })
  expect((await service.ask('POST', url, { body })).status).toBe(200)
})

test('a judgement that fails at its last step is made again, as if for the first time', async () => {
  const line = await testLine(service, { stations: 2 })
  const rollout = await testRollout(service, line)
  service.clock.pass(1_000)
  const [canary = line.bench(0)] = await rollout.canaries()
  await line.pickup(canary, line.next)
  await nothingChanges(async () => {
    await expect(service.judge(line.procedure)).rejects.toThrow('the queue is gone')
  })
  await service.judge(line.procedure)
  expect((await rollout.station(canary)).status).toBe('confirmed')
})
