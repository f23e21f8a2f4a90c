// The traps of a test line that are easy to fall into, each by its name; others stand beside what they are about.
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { rows } from '../../db/client.ts'
import { testLine } from '../support/test-line.ts'
import { testRollout } from '../support/test-rollout.ts'
import { openTestService } from '../support/test-service.ts'

const service = await openTestService()
const { ask, clock, database } = service
const minute = 60_000

test('zoneless and offset times: the same moment is the same run, and a time without a zone is taken as UTC and said', async () => {
  const line = await testLine(service, { stations: 1 })
  const send = (started_at: string, ended_at: string) =>
    ask('POST', '/api/v1/runs', {
      token: line.bench(0).key,
      body: { ...line.runBody({ unit: 'SN-ZONE' }), started_at, ended_at },
    })
  const offset = await send('2026-05-22T08:00:00+02:00', '2026-05-22T08:01:00+02:00')
  const utc = await send('2026-05-22T06:00:00Z', '2026-05-22T06:01:00Z')
  const zoneless = await send('2026-05-22T06:00:00', '2026-05-22T06:01:00')
  expect([offset.status, utc.status, zoneless.status]).toEqual([200, 200, 200])
  expect(new Set([offset.body.id, utc.body.id, zoneless.body.id]).size).toBe(1)
  expect(offset.body.warnings).toBeUndefined()
  expect(zoneless.body.warnings).toEqual(['times without a zone were taken as UTC'])
})

test('case-insensitive serial, and a rollout in which base FAIL then canary PASS: the canary has no first attempt', async () => {
  const line = await testLine(service, { stations: 4 })
  const rollout = await testRollout(service, line)
  const [canary] = await rollout.canaries()
  const base = line.benches.find((bench) => bench.id !== canary?.id)
  if (!canary || !base) throw new Error('the line has one station only')
  clock.pass(10 * minute)
  await line.runs([
    { station: base, unit: 'sn-Retest', deployment: line.base, outcome: 'FAIL', start: -5 * minute },
    { station: canary, unit: 'SN-RETEST', deployment: line.next, outcome: 'PASS', start: -2 * minute },
  ])
  const { canary_arm, base_arm } = await rollout.get()
  expect(canary_arm).toMatchObject({ runs: 1, units: 0 })
  expect(base_arm).toMatchObject({ runs: 1, units: 1, passed: 0 })
})

test('rollback leaves old runs’ deployment: what a run was made by does not change afterwards', async () => {
  const line = await testLine(service, { stations: 2 })
  const rollout = await testRollout(service, line, { stages: [{ target: { share: 1 } }] })
  clock.pass(minute)
  await line.runs(line.benches.map((station) => ({ station, deployment: line.next, start: -30_000 })))
  await service.judge(line.procedure)
  await rollout.verb('abort', { reason: 'the other way round' })
  const made = () =>
    rows<{ id: string; build: string; by: string }>(
      database.db,
      sql`select id::text as id, deployment_id::text as build, attributed_by as by from runs
          where procedure_id = ${line.procedure}::uuid order by id`,
    )
  const before = await made()
  expect(before.map(({ build }) => build)).toEqual([line.next, line.next])
  clock.pass(minute)
  await line.runs(line.benches.map((station) => ({ station, deployment: line.base, start: -30_000 })))
  await service.judge(line.procedure)
  const rolledBack = await ask('POST', `/api/v1/procedures/${line.procedure}/rollback`, {
    body: { deployment_id: line.base, reason: 'to be sure' },
  })
  expect(rolledBack.status).toBe(200)
  expect(await made()).toEqual(expect.arrayContaining(before))
})

test('a rollout is per procedure although a station has several', async () => {
  const line = await testLine(service, { stations: 2 })
  const other = await testLine(service, { stations: 0 })
  for (const bench of line.benches)
    await ask('POST', `/api/v1/procedures/${other.procedure}/stations/${bench.id}`)
  await line.start({ stages: [{ target: { share: 1 } }] })
  const { assignments } = (await line.assignments(line.bench(0))).body
  const builds = Object.fromEntries(
    assignments.map((each: { procedure_id: string; deployment: { id: string } }) => [
      each.procedure_id,
      each.deployment.id,
    ]),
  )
  expect(builds).toEqual({ [line.procedure]: line.next, [other.procedure]: other.base })
})

test('10 % of 3 stations is 1, the final stage all', async () => {
  const line = await testLine(service, { stations: 3 })
  const { body, status } = await ask('POST', '/api/v1/rollouts/preview', {
    body: {
      procedure_id: line.procedure,
      deployment_id: line.next,
      stages: [{ target: { share: 0.1 } }, { target: { share: 1 } }],
    },
  })
  expect(status).toBe(200)
  expect(body.stages.map((stage: { stations: unknown[] }) => stage.stations.length)).toEqual([1, 3])
})

test('golden samples excluded: known units count in no yield, whatever becomes of them', async () => {
  const line = await testLine(service, { stations: 2 })
  const rollout = await testRollout(service, line, { stages: [{ target: { share: 1 } }] })
  clock.pass(10 * minute)
  const station = line.bench(0)
  const known = (sample: string, outcome: string) => ({
    station,
    deployment: line.next,
    outcome,
    start: -minute,
    more: { sample },
  })
  await line.runs([
    known('golden', 'FAIL'),
    known('failing', 'PASS'),
    known('ignored', 'ERROR'),
    { station, deployment: line.next, start: -2 * minute },
  ])
  expect((await rollout.get()).canary_arm).toMatchObject({ runs: 1, units: 1, passed: 1, errors: 0 })
})
