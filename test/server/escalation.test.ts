// A breach that nobody answers: after the time of the policy the second group is called, once.
import { expect, test } from 'vitest'
import { type RunSaid, type TestLine, testLine } from '../support/test-line.ts'
import { type TestRollout, testRollout } from '../support/test-rollout.ts'
import { openTestService } from '../support/test-service.ts'

const service = await openTestService()
const { ask, clock, jobs } = service
const minute = 60_000
const hour = 60 * minute

/** Paused by a breach of its yield, at this moment. */
async function breached(alerts: object): Promise<{ line: TestLine; rollout: TestRollout }> {
  const line = await testLine(service, { stations: 3 })
  const body = { policy: { alerts, gates: [{ metric: 'first-pass yield' }] }, expected_version: 0 }
  expect((await ask('PUT', `/api/v1/procedures/${line.procedure}/policy`, { body })).status).toBe(200)
  const past = (station: RunSaid['station']) =>
    Array.from(
      { length: 40 },
      (_, index): RunSaid => ({
        station,
        deployment: line.base,
        start: -10 * hour + index * 12 * minute,
      }),
    )
  await line.runs(line.benches.flatMap(past))
  const rollout = await testRollout(service, line)
  await rollout.confirm()
  const [canary = line.bench(0)] = await rollout.canaries()
  clock.pass(hour)
  const failing = Array.from(
    { length: 30 },
    (_, index): RunSaid => ({
      station: canary,
      deployment: line.next,
      outcome: 'FAIL',
      start: -50 * minute + index * minute,
    }),
  )
  await line.runs(failing)
  await service.judge(line.procedure)
  expect((await rollout.get()).pause).toMatchObject({ reason: 'breach' })
  return { line, rollout }
}
const escalated = async (rollout: TestRollout) =>
  (await rollout.events()).filter(({ type }) => type === 'BreachEscalated')
const quarter = { on_call: 'S0ONCALL', second: 'S0SECOND', escalate_after_minutes: 15 }

test('the second group is called when the time has passed, once, in the thread and directly', async () => {
  const { line, rollout } = await breached(quarter)
  const { version } = await rollout.get()
  clock.pass(15 * minute - 1)
  await service.judge(line.procedure)
  expect(await escalated(rollout)).toEqual([])
  clock.pass(1)
  await service.judge(line.procedure)
  clock.pass(hour)
  await service.judge(line.procedure)
  const events = await escalated(rollout)
  expect(events).toMatchObject([{ gate: 'first-pass yield', by: { kind: 'service' } }])
  const job = { rolloutId: rollout.id, sequence: events[0]?.sequence }
  expect(jobs).toContainEqual({ kind: 'thread', ...job })
  expect(jobs).toContainEqual({ kind: 'direct', ...job })
  expect((await rollout.get()).version).toBe(version)
})

test('nobody is called for a breach that was acknowledged, or where there is no second group', async () => {
  const answered = await breached(quarter)
  await answered.rollout.verb('acknowledge', { gate: 'first-pass yield', reason: 'known bad lot' })
  const alone = await breached({ on_call: 'S0ONCALL' })
  clock.pass(2 * hour)
  for (const { line, rollout } of [answered, alone]) {
    await service.judge(line.procedure)
    expect(await escalated(rollout)).toEqual([])
  }
})

test('a group that is named after the breach is called at the next look', async () => {
  const { line, rollout } = await breached({})
  clock.pass(hour)
  const body = { policy: { alerts: quarter }, expected_version: 1 }
  expect((await ask('PUT', `/api/v1/procedures/${line.procedure}/policy`, { body })).status).toBe(200)
  await service.judge(line.procedure)
  expect(await escalated(rollout)).toHaveLength(1)
})
