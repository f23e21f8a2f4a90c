// What gates ask besides counts, put together for a rollout: only what its gates ask for, each station in its arm.
import { expect, test } from 'vitest'
import { loadRollout } from '../../db/rollout-storage.ts'
import { conditionsOf } from '../../server/conditions.ts'
import { noConditions } from '../../server/domain/gates/question.ts'
import { type Bench, type RunSaid, type TestLine, testLine } from '../support/test-line.ts'
import { type TestRollout, testRollout } from '../support/test-rollout.ts'
import { openTestService } from '../support/test-service.ts'

const service = await openTestService()
const { ask, clock, database } = service
const minute = 60_000
const hour = 60 * minute

async function conditions(rollout: TestRollout) {
  const loaded = await loadRollout(database.db, rollout.id)
  if (!loaded) throw new Error('no rollout')
  return conditionsOf(database.db, loaded.state, loaded.pasts, clock.now())
}

const everyMinute = (station: Bench, minutes: number, what: Partial<RunSaid> = {}): RunSaid[] =>
  Array.from({ length: minutes }, (_, index) => ({
    station,
    start: (index - minutes) * minute,
    seconds: 20,
    ...what,
  }))

async function confirmedRollout(line: TestLine, gates: unknown[]) {
  await line.runs(
    line.benches.flatMap((station, place) =>
      everyMinute(station, 30 + 10 * place, { deployment: line.base }),
    ),
  )
  const rollout = await testRollout(service, line, { gates })
  await rollout.confirm()
  const [canary] = await rollout.canaries()
  if (!canary) throw new Error('no canary')
  return { rollout, canary, base: line.benches.filter((bench) => bench !== canary) }
}

test('heartbeats are those of the stations still in the rollout, checks before telemetry, each in its arm', async () => {
  const line = await testLine(service, { stations: 4 })
  const { rollout, canary, base } = await confirmedRollout(line, [
    { metric: 'telemetry', name: 'disk', expression: 'disk == "ok"' },
  ])
  const [first, silent, leaving] = base
  if (!first || !silent || !leaving) throw new Error('too few stations')
  for (const bench of [canary, first, leaving])
    await ask('POST', '/api/v1/stations/me/heartbeats', {
      token: bench.key,
      body: { busy: false, telemetry: { disk: 'full', cpu: 0.4 }, checks: { disk: 'ok' } },
    })
  await ask('DELETE', `/api/v1/procedures/${line.procedure}/stations/${leaving.id}`)
  await service.judge(line.procedure)
  const { heartbeats } = await conditions(rollout)
  const of = (bench: Bench) => heartbeats.find(({ stationId }) => stationId === bench.id)
  const told = { telemetry: { disk: 'full', cpu: 0.4 }, checks: { disk: 'ok' } }
  const fields = { disk: 'ok', cpu: 0.4, ...told }
  const none = { telemetry: {}, checks: {} }
  expect(of(canary)).toEqual({ stationId: canary.id, arm: 'canary', at: clock.now(), fields })
  expect(of(first)).toEqual({ stationId: first.id, arm: 'base', at: clock.now(), fields })
  expect(of(silent)).toEqual({ stationId: silent.id, arm: 'base', at: null, fields: none })
  expect(of(leaving)).toBeUndefined()
})

test('throughput is told once the stage has been live for an hour, of both arms beside their past', async () => {
  const line = await testLine(service, { stations: 3 })
  const { rollout, canary, base } = await confirmedRollout(line, [{ metric: 'first-pass yield' }])
  clock.pass(hour - 1000)
  expect((await conditions(rollout)).throughput).toBeNull()
  clock.pass(3 * hour)
  await line.runs([
    ...everyMinute(canary, 10, { deployment: line.next }),
    ...base.flatMap((bench) => everyMinute(bench, 30, { deployment: line.base })),
    { station: canary, start: -20 * minute },
  ])
  const pasts = line.benches.map((bench, place) => ({ bench, runs: 30 + 10 * place }))
  const sum = (of: Bench[]) =>
    pasts.reduce((all, { bench, runs }) => all + (of.includes(bench) ? runs : 0), 0)
  // The canary acknowledged its build: the run that does not name one is its too.
  expect((await conditions(rollout)).throughput).toEqual({
    canaryRuns: 11,
    baseRuns: 60,
    canaryPastRuns: sum([canary]),
    basePastRuns: sum(base),
  })
  clock.pass(10 * hour)
  expect((await conditions(rollout)).throughput).toMatchObject({ canaryRuns: 0, baseRuns: 0 })
})

test('builds, references and failure modes are those of the canary since it was confirmed', async () => {
  const line = await testLine(service, { stations: 3 })
  const third = await line.build('v3')
  const { rollout, canary } = await confirmedRollout(line, [
    { metric: 'mixed builds' },
    { metric: 'reference samples' },
    { metric: 'new failure mode' },
  ])
  clock.pass(3 * hour)
  await line.runs([
    ...everyMinute(canary, 20, { deployment: line.next }),
    { station: canary, deployment: third, start: -2 * hour },
    { station: canary, deployment: line.base, start: -2 * hour + minute },
    { station: canary, deployment: line.base, start: -4 * hour },
    { station: canary, deployment: line.next, unit: 'F', outcome: 'FAIL', more: { failure_mode: 'flux' } },
    {
      station: canary,
      deployment: line.next,
      unit: 'G',
      start: 1000,
      outcome: 'FAIL',
      more: { sample: 'golden' },
    },
  ])
  expect(await conditions(rollout)).toEqual({
    heartbeats: [],
    failureModes: [{ mode: 'flux', canaryRuns: 1, canaryUnits: 1, baseRuns: 0 }],
    references: [{ stationId: canary.id, serial: 'G', sample: 'golden', outcome: 'FAIL' }],
    builds: [{ stationId: canary.id, runs: 23, third: 2 }],
    throughput: expect.objectContaining({ canaryRuns: 23 }),
    shadowPairs: noConditions.shadowPairs,
    unheard: null,
  })
})

test('a station that has not confirmed its build is in neither arm, and its runs are of no build yet', async () => {
  const line = await testLine(service, { stations: 3 })
  await line.runs(line.benches.flatMap((station) => everyMinute(station, 30, { deployment: line.base })))
  const rollout = await testRollout(service, line, { gates: [{ metric: 'mixed builds' }] })
  const [canary] = await rollout.canaries()
  if (!canary) throw new Error('no canary')
  clock.pass(2 * hour)
  await line.runs(everyMinute(canary, 30, { deployment: line.base }))
  await rollout.verb('waive', { station_id: canary.id, reason: 'it is slow' })
  await service.judge(line.procedure)
  clock.pass(2 * hour)
  const { builds, throughput } = await conditions(rollout)
  expect(builds).toEqual([])
  expect(throughput).toEqual({ canaryRuns: 0, baseRuns: 0, canaryPastRuns: 0, basePastRuns: 60 })
})

test('what no gate asks for is not read', async () => {
  const line = await testLine(service, { stations: 3 })
  const { rollout, canary } = await confirmedRollout(line, [{ metric: 'first-pass yield' }])
  await line.runs([
    {
      station: canary,
      deployment: line.next,
      outcome: 'FAIL',
      more: { failure_mode: 'flux', sample: 'golden' },
    },
  ])
  expect(await conditions(rollout)).toEqual(noConditions)
})
