// One procedure through the whole service: its builds, its window, its policy and its past.
import { expect, test } from 'vitest'
import { procedureId } from '../../server/domain/ids.ts'
import { day, hour } from '../../server/domain/instant.ts'
import { uuid } from '../support/fixed-values.ts'
import { testLine } from '../support/test-line.ts'
import { testRollout } from '../support/test-rollout.ts'
import { openTestService } from '../support/test-service.ts'

const service = await openTestService()
const { ask, clock } = service
const recordOf = async (id: string) => {
  const found = await service.service.procedureRecord(procedureId.parse(id))
  if (!found) throw new Error(`no procedure ${id}`)
  return found
}

test('tells its builds newest first, which is active, and which was aborted by whom and why', async () => {
  const line = await testLine(service, { stations: 2 })
  clock.pass(hour)
  await line.build('v3', { environment: 'preview', labels: ['limits'] })
  const rollout = await testRollout(service, line)
  await rollout.confirm()
  await rollout.verb('abort', { reason: 'burnt fixture' })
  const record = await recordOf(line.procedure)
  expect(
    record.builds.map(({ version, isActive, aborted }) => [version, isActive, aborted?.why ?? null]),
  ).toEqual([
    ['v3', false, null],
    ['v2', false, 'burnt fixture'],
    ['v1', true, null],
  ])
  expect(record.builds[0]).toMatchObject({
    environment: 'preview',
    labels: ['limits'],
    notEligible: expect.any(String),
  })
  expect(record.live).toMatchObject({ id: rollout.id, status: 'aborting', version: 'v2', stageCount: 3 })
  expect(record.past[0]).toMatchObject({ what: expect.stringContaining('aborted'), why: 'burnt fixture' })
})

test('tells when the next stage may start, and the policy that says so', async () => {
  const line = await testLine(service, { stations: 2 })
  expect((await recordOf(line.procedure)).window).toMatchObject({ isOpen: true, closesAt: null, sites: [] })
  // The test's clock stands on a Friday.
  const hours = [{ zone: 'UTC', from: '05:00', to: '21:00', days: ['mon'] }]
  const policy = { hours, stage_approvals: 2 }
  const changed = await ask('PUT', `/api/v1/procedures/${line.procedure}/policy`, {
    body: { policy, expected_version: 0, reason: 'weekends off' },
  })
  expect(changed.status).toBe(200)
  const record = await recordOf(line.procedure)
  expect(record.policy).toMatchObject({
    version: 1,
    effective: { stageApprovals: 2 },
    changed: { why: 'weekends off' },
  })
  const monday = new Date(record.window.opensAt ?? 0)
  expect([record.window.isOpen, monday.getUTCDay(), monday.getUTCHours()]).toEqual([false, 1, 5])
  expect(record.window.closesAt).toBe(monday.getTime() + 16 * hour)
  await service.service.freeze(
    procedureId.parse(line.procedure),
    { until: null, why: 'inventory', sites: [] },
    { kind: 'person', id: 'ana', name: 'Ana', door: 'api' },
  )
  const frozen = await recordOf(line.procedure)
  expect(frozen.window).toMatchObject({
    isOpen: false,
    opensAt: null,
    why: expect.stringContaining('inventory'),
  })
  expect(frozen.policy.freezes).toMatchObject([{ why: 'inventory', inForce: true, isOfAll: false }])
})

test('counts first-pass yield by build and day over its last eight weeks, and no further back', async () => {
  const line = await testLine(service, { stations: 2 })
  clock.pass(70 * day)
  await line.runs([
    { station: line.bench(0), outcome: 'PASS', deployment: line.base, start: -60 * day },
    { station: line.bench(0), outcome: 'PASS', deployment: line.base, start: -2 * day },
    { station: line.bench(1), outcome: 'FAIL', deployment: line.base, start: -2 * day },
    { station: line.bench(1), outcome: 'PASS', deployment: line.next, start: -1 * day },
    { station: line.bench(1), outcome: 'ERROR', deployment: line.next, start: -1 * day },
    // Nobody knows its build: it is in no line.
    { station: line.bench(1), outcome: 'PASS', start: -1 * day },
  ])
  const yields = await service.service.procedureYields(procedureId.parse(line.procedure))
  expect(
    yields?.days.map(({ build, units, passed, errors }) => [build.version, units, passed, errors]),
  ).toEqual([
    ['v1', 2, 1, 0],
    ['v2', 2, 1, 1],
  ])
})

test('of no procedure nothing is told', async () => {
  const nobody = procedureId.parse(uuid(5, 404))
  expect(await service.service.procedureRecord(nobody)).toBeNull()
  expect(await service.service.procedureYields(nobody)).toBeNull()
})
