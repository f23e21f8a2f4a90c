// What is learned from rollouts, and the history of all of them, as every door reads it.
import { expect, test } from 'vitest'
import { procedureId } from '../../server/domain/ids.ts'
import { day, hour, minute } from '../../server/domain/instant.ts'
import { outcome } from '../../server/domain/learning/outcome.ts'
import { bareStages, testLine } from '../support/test-line.ts'
import { testRollout } from '../support/test-rollout.ts'
import { openTestService } from '../support/test-service.ts'

const service = await openTestService()
const { ask, clock } = service

/** 200 units an hour ago on each station, nearly all passed; then the canary fails every second one. */
async function breached(stations = 4, options: { policy?: object; start?: object } = {}) {
  const line = await testLine(service, { stations })
  if (options.policy)
    await ask('PUT', `/api/v1/procedures/${line.procedure}/policy`, {
      body: { policy: options.policy, expected_version: 0, reason: 'trusted by now' },
    })
  await line.runs(
    line.benches.flatMap((station) =>
      Array.from({ length: 200 }, (_, index) => ({
        station,
        deployment: line.base,
        start: -2 * day + index * 60_000,
        outcome: index % 50 === 0 ? 'FAIL' : 'PASS',
      })),
    ),
  )
  const labelled = await line.build('v3', { labels: ['limits', 'firmware'] })
  const rollout = await testRollout(service, line, { deployment_id: labelled, ...options.start })
  await rollout.confirm()
  const [canary] = await rollout.canaries()
  if (!canary) throw new Error('no canary')
  clock.pass(hour)
  await line.runs(
    line.benches.flatMap((station) =>
      Array.from({ length: 40 }, (_, index) => ({
        station,
        deployment: station.id === canary.id ? labelled : line.base,
        start: -50 * minute + index * minute,
        outcome: station.id === canary.id && index % 2 === 0 ? 'FAIL' : 'PASS',
      })),
    ),
  )
  await service.judge(line.procedure)
  expect(await rollout.eventTypes()).toContain('BreachOpened')
  return { line, rollout, canary, labelled }
}

const learned = async (procedure: string, more = '') =>
  (await ask('GET', `/api/v1/learning?procedure_id=${procedure}${more}`)).body

test('an aborted rollout teaches what its gates were worth, how fast, and what it spared', async () => {
  const { line, rollout, canary } = await breached()
  clock.pass(5 * minute)
  await rollout.verb('abort', { reason: 'boards fail' })
  clock.pass(2 * minute)
  await line.pickup(canary, line.base)
  await service.judge(line.procedure)

  const found = await learned(line.procedure)
  expect(found.all).toMatchObject({
    rollouts: 1,
    aborted_by_person: 1,
    taken_back: { count: 1, of: 1, is_few: true },
  })
  expect(found.labels.map(({ name }: { name: string }) => name)).toEqual(['firmware', 'limits'])
  expect(found.sites).toMatchObject([{ name: 'Lyon', rollouts: 1, aborted_by_person: 1 }])
  const gate = found.gates.find((each: { gate: string }) => each.gate === 'first-pass yield')
  expect(gate).toMatchObject({ alarms: 1, confirmed: 1, false: 0, proposal: { kind: 'wait', change: null } })
  expect(found.detected).toMatchObject({ count: 1, median: hour })
  expect(found.reverted).toMatchObject({ count: 1, median: 2 * minute })
  // Three stations on base tested 40 units each until the breach, the canary another 40.
  const { failures, canary_failures: cost } = found.prevented
  expect(found.prevented).toMatchObject({ rollouts: 1, unknown: 0 })
  expect(failures.estimate / cost.estimate).toBeCloseTo(3, 1)
  expect(cost.estimate).toBeGreaterThan(15)
  expect(cost.estimate).toBeLessThan(20.5)
  expect(failures.low).toBeGreaterThan(0)
  expect(failures.low).toBeLessThan(failures.estimate)
})

test('a breach that was acknowledged is false when the rollout stays, and confirmed when it is rolled back later', async () => {
  const { line, rollout } = await breached(2)
  await rollout.verb('acknowledge', { gate: 'first-pass yield', reason: 'a bad lot' })
  await rollout.verb('set', { share: 1, override: true, reason: 'go on' })
  await rollout.confirm()
  await rollout.onward()
  expect((await rollout.get()).status).toBe('completed')
  const gateOf = (found: { gates: { gate: string }[] }) =>
    found.gates.find((each) => each.gate === 'first-pass yield')
  const before = await learned(line.procedure)
  expect(gateOf(before)).toMatchObject({ alarms: 1, confirmed: 0, false: 1, healthy: 1 })
  expect(before.all).toMatchObject({ completed: 1, rolled_back_later: 0 })

  clock.pass(hour)
  await ask('POST', `/api/v1/procedures/${line.procedure}/rollback`, {
    body: { deployment_id: line.base, reason: 'escapes' },
  })
  clock.pass(3 * minute)
  for (const bench of line.benches) await line.pickup(bench, line.base)
  await service.look(line.procedure)
  const after = await learned(line.procedure)
  expect(gateOf(after)).toMatchObject({ alarms: 1, confirmed: 1, false: 0, healthy: 0 })
  expect(after.all).toMatchObject({ completed: 0, rolled_back_later: 1 })
  expect(after.reverted).toMatchObject({ count: 1, median: 3 * minute })
  const history = await service.service.rolloutHistory(
    { procedureId: line.procedure, label: null, site: null, outcome: null, from: null, to: null },
    { limit: 10, offset: 0 },
  )
  expect(history.rows).toMatchObject([
    { outcome: 'rolled back after completion', decided: { why: 'escapes' }, alarms: 1 },
  ])
})

test('the history is found by procedure, label, site, outcome and time, a page at a time', async () => {
  const { line, rollout } = await breached(2)
  await rollout.verb('abort', { reason: 'smoke' })
  for (const bench of line.benches) await line.pickup(bench, line.base)
  await service.judge(line.procedure)
  clock.pass(day)
  const second = await testRollout(service, line)
  const everything = {
    procedureId: line.procedure,
    label: null,
    site: null,
    outcome: null,
    from: null,
    to: null,
  }
  const found = async (filter: object, page = { limit: 10, offset: 0 }) => {
    const { rows, total } = await service.service.rolloutHistory({ ...everything, ...filter }, page)
    return [rows.map(({ id }) => id), total]
  }
  expect(await found({})).toEqual([[second.id, rollout.id], 2])
  expect(await found({}, { limit: 1, offset: 1 })).toEqual([[rollout.id], 2])
  expect(await found({ label: 'limits' })).toEqual([[rollout.id], 1])
  expect(await found({ label: "limits' or true --" })).toEqual([[], 0])
  expect(await found({ site: 'Lyon' })).toEqual([[second.id, rollout.id], 2])
  expect(await found({ site: 'Nowhere' })).toEqual([[], 0])
  expect(await found({ outcome: 'aborted by a person' })).toEqual([[rollout.id], 1])
  expect(await found({ outcome: 'live' })).toEqual([[second.id], 1])
  expect(await found({ outcome: 'completed' })).toEqual([[], 0])
  expect(await found({ from: clock.now() - hour })).toEqual([[second.id], 1])
  expect(await found({ to: clock.now() - hour })).toEqual([[rollout.id], 1])
  expect(await service.service.historyChoices()).toMatchObject({
    labels: ['firmware', 'limits'],
    sites: ['Lyon'],
  })
})

test('one that was superseded is told apart from an abort, and says nothing of its build', async () => {
  const line = await testLine(service, { stations: 2 })
  const first = await testRollout(service, line)
  await first.confirm()
  const other = await line.build('v9')
  const answer = await ask('POST', `/api/v1/rollouts/${first.id}/supersede`, {
    body: { procedure_id: line.procedure, deployment_id: other, stages: bareStages, reason: 'a newer one' },
  })
  expect(answer.body).toMatchObject({ did: expect.any(String) })
  const { rows } = await service.service.rolloutHistory(
    { procedureId: line.procedure, label: null, site: null, outcome: null, from: null, to: null },
    { limit: 10, offset: 0 },
  )
  expect(rows.map(({ outcome }) => outcome)).toEqual(['live', 'superseded'])
  expect((await learned(line.procedure)).all).toMatchObject({ superseded: 1, live: 1, taken_back: { of: 0 } })
})

test('one that its gate rolled back is told apart from what a person aborted, and confirms the gate', async () => {
  const gates = [{ metric: 'first-pass yield', mode: 'roll back' }]
  const { line, rollout } = await breached(4, { policy: { auto_rollback: true }, start: { gates } })
  expect((await rollout.get()).status).toBe('aborting')
  const found = await learned(line.procedure)
  expect(found.all).toMatchObject({ rolled_back_by_gate: 1, aborted_by_person: 0, taken_back: { count: 1 } })
  expect(found.gates).toMatchObject([{ gate: 'first-pass yield', alarms: 1, confirmed: 1 }])
})

test('the history finds as many rollouts of each outcome as are learned from', async () => {
  const { all } = (await ask('GET', '/api/v1/learning')).body
  const anything = { procedureId: null, label: null, site: null, from: null, to: null }
  const fields = {
    live: 'live',
    completed: 'completed',
    'aborted by a person': 'aborted_by_person',
    'rolled back by a gate': 'rolled_back_by_gate',
    'rolled back after completion': 'rolled_back_later',
    superseded: 'superseded',
  } as const
  for (const each of outcome.options) {
    const { total } = await service.service.rolloutHistory(
      { ...anything, outcome: each },
      { limit: 1, offset: 0 },
    )
    expect([each, total]).toEqual([each, all[fields[each]]])
  }
})

test('all procedures together have no proposals, and a table says the same as the data', async () => {
  const { body } = await ask('GET', '/api/v1/learning')
  expect(body.all.rollouts).toBeGreaterThan(3)
  expect(body.gates.every((gate: { proposal: unknown }) => gate.proposal === null)).toBe(true)
  const table = await ask('GET', '/api/v1/learning.csv')
  expect(table.headers['content-type']).toBe('text/csv; charset=utf-8')
  const { rollouts, completed } = body.all
  expect(table.body).toContain(`all,(none),completed,${completed},${rollouts}\r\n`)
})

test('an unknown procedure, a time that is none and one that ends before it begins are refused', async () => {
  const nobody = procedureId.parse('00000000-0000-4000-8000-00000000dead')
  expect((await ask('GET', `/api/v1/learning?procedure_id=${nobody}`)).status).toBe(404)
  expect((await ask('GET', '/api/v1/learning?from=yesterday')).status).toBe(422)
  expect((await ask('GET', '/api/v1/learning?from=2026-05-02&to=2026-05-01')).status).toBe(422)
  expect((await ask('GET', '/api/v1/learning', { token: null })).status).toBe(401)
})
