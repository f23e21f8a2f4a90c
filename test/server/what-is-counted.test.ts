// From the body of a run to the numbers of a verdict: what is found in it, what counts, and what is made of it.
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { rows } from '../../db/client.ts'
import { passMedians } from '../../db/pass-durations.ts'
import { recount } from '../../db/recount.ts'
import { loadRollout } from '../../db/rollout-storage.ts'
import { isRunning, type Running } from '../../server/domain/rollout/state.ts'
import { gateStationsOf } from '../../server/gate-stations.ts'
import { tallied, talliedMetrics } from '../support/history.ts'
import { type RunSaid, type TestLine, testLine } from '../support/test-line.ts'
import { type TestRollout, testRollout } from '../support/test-rollout.ts'
import { openTestService } from '../support/test-service.ts'

const service = await openTestService()
const { ask, clock, database } = service
const { db } = database
const minute = 60_000
const hour = 60 * minute

const kept = async (line: TestLine, unit: string) =>
  rows<Record<string, unknown>>(
    db,
    sql`select product, shift::int as shift, sample, failure_mode as "failureMode", measurement_count as "measurementCount", metrics
        from runs where procedure_id = ${line.procedure}::uuid and unit = ${unit.toLowerCase()}`,
  )

/** Runs of every station of the line on base before now, two in a hundred of them failing. */
async function past(line: TestLine, more: (index: number) => Record<string, unknown> = () => ({})) {
  const runs = line.benches.flatMap((station) =>
    Array.from(
      { length: 100 },
      (_, index): RunSaid => ({
        station,
        deployment: line.base,
        outcome: index % 50 === 0 ? 'FAIL' : 'PASS',
        seconds: 40 + (index % 5),
        start: -10 * hour + index * 5 * minute,
        more: more(index),
      }),
    ),
  )
  await line.runs(runs)
}

async function running(rollout: TestRollout): Promise<Running> {
  const loaded = await loadRollout(db, rollout.id)
  if (!loaded || !isRunning(loaded.state)) throw new Error('the rollout does not run')
  return loaded.state
}

const judgedStations = async (rollout: TestRollout, watermark = clock.now()) => {
  const state = await running(rollout)
  return db.transaction((tx) => gateStationsOf(tx, state, { canary: watermark, base: watermark }))
}

test('a run is kept with its product, what failed, what was measured, and the shift of its own clock', async () => {
  const line = await testLine(service, { stations: 1 })
  await ask('PATCH', `/api/v1/procedures/${line.procedure}`, { body: { zone: 'Europe/Paris' } })
  const more = {
    part_number: 'PN-7',
    metrics: { retries: 2 },
    phases: [
      {
        name: 'power',
        outcome: 'PASS',
        measurements: [{ name: 'mA', measured_value: 4.5, outcome: 'PASS' }],
      },
      {
        name: 'radio',
        outcome: 'FAIL',
        measurements: [{ name: 'dBm', measured_value: -71, outcome: 'FAIL' }],
      },
    ],
  }
  // The clock stands at 06:00 UTC, 08:00 in Paris; 03:59:59 UTC is the last second of the night there.
  for (const [unit, start] of [
    ['early', 0],
    ['night', -2 * hour - 1000],
    ['late', 6 * hour],
  ] as const)
    await line.run({ station: line.bench(0), unit, start, outcome: 'FAIL', more })
  expect(await kept(line, 'early')).toEqual([
    {
      product: 'PN-7',
      shift: 0,
      sample: null,
      failureMode: 'radio / dBm',
      measurementCount: 2,
      metrics: { retries: 2, mA: 4.5, dBm: -71 },
    },
  ])
  expect(await kept(line, 'night')).toMatchObject([{ shift: 2 }])
  expect(await kept(line, 'late')).toMatchObject([{ shift: 1 }])
})

test('a reference sample is kept and counts nowhere, before the start and after it', async () => {
  const line = await testLine(service, { stations: 3 })
  await past(line)
  const golden = (what: Partial<RunSaid>): RunSaid => ({
    station: line.bench(0),
    outcome: 'FAIL',
    seconds: 4000,
    more: { metadata: { sample: 'golden' } },
    ...what,
  })
  await line.runs([golden({ start: -2 * hour, deployment: line.base })])
  const rollout = await testRollout(service, line, {
    gates: [{ metric: 'first-pass yield' }, { metric: 'duration' }],
  })
  await rollout.confirm()
  const before = [await tallied(db, line.procedure), await talliedMetrics(db, line.procedure)]
  clock.pass(hour)
  await line.runs([
    golden({ unit: 'G-1', deployment: line.next }),
    golden({ unit: 'G-1', start: 1000, deployment: line.base }),
  ])
  expect(await kept(line, 'g-1')).toMatchObject([{ sample: 'golden' }, { sample: 'golden' }])
  expect([await tallied(db, line.procedure), await talliedMetrics(db, line.procedure)]).toEqual(before)
  for (const { past: own } of await judgedStations(rollout))
    expect(own).toEqual({
      'first-pass yield': { n: 100, bad: 2 },
      duration: { n: 98, bad: expect.any(Number) },
    })
  await line.runs([
    golden({ unit: 'g-1', start: 2000, seconds: 50, deployment: line.next, outcome: 'PASS', more: {} }),
  ])
  await line.runs([golden({ start: 3000, deployment: line.next, outcome: 'PASS' })])
  expect(await passMedians(db, { procedureId: line.procedure, rolloutId: rollout.id, range: null })).toEqual({
    canary: 50,
    base: null,
  })
  const { firstAttempts } = await tallied(db, line.procedure)
  expect(firstAttempts.filter(({ unit }) => unit === 'g-1')).toMatchObject([{ passed: true }])
})

test('the verdict counts what the gates ask for: first attempts, runs, the durations of PASS runs', async () => {
  const line = await testLine(service, { stations: 4 })
  await past(line)
  const rollout = await testRollout(service, line, {
    gates: [
      { metric: 'first-pass yield' },
      { metric: 'error rate' },
      { metric: 'duration', name: 'slower' },
      { metric: 'custom', name: 'cool', statistic: 'behaviour', expression: 'temperature < 60.0' },
    ],
  })
  await rollout.confirm()
  clock.pass(hour)
  const [canary] = await rollout.canaries()
  if (!canary) throw new Error('no canary')
  const run = (what: Partial<RunSaid>): RunSaid => ({
    station: canary,
    deployment: line.next,
    start: -30 * minute,
    ...what,
  })
  await line.runs([
    run({ unit: 'A', outcome: 'FAIL', seconds: 1, more: { metrics: { temperature: 71 } } }),
    run({ unit: 'A', start: -29 * minute, seconds: 60, more: { metrics: { temperature: 59 } } }),
    run({ unit: 'B', start: -28 * minute, outcome: 'ERROR' }),
    run({ unit: 'C', start: -27 * minute, outcome: 'ABORTED', more: { metrics: { temperature: 90 } } }),
    run({ unit: 'D', start: -26 * minute, seconds: 43 }),
  ])
  await service.judge(line.procedure)
  const { verdict } = await rollout.get()
  const counted = verdict.gates.map(
    ({ name, canary: { n, bad } }: { name: string; canary: { n: number; bad: number } }) => [name, n, bad],
  )
  expect(counted).toEqual([
    ['first-pass yield', 3, 2],
    ['error rate', 4, 1],
    ['slower', 2, 1],
    ['cool', 2, 1],
  ])
})

test('a run that still goes keeps what started after it from being judged, of every gate', async () => {
  const line = await testLine(service, { stations: 2 })
  await past(line)
  const rollout = await testRollout(service, line, {
    gates: [
      { metric: 'first-pass yield' },
      { metric: 'custom', name: 'hot', statistic: 'rate', read: 'hot' },
    ],
  })
  await rollout.confirm()
  const [canary] = await rollout.canaries()
  if (!canary) throw new Error('no canary')
  clock.pass(hour)
  await line.runs(
    [-30, -20, -10].map((at) => ({
      station: canary,
      deployment: line.next,
      start: at * minute,
      more: { metrics: { hot: 1 } },
    })),
  )
  const since = async (watermark: number) =>
    (await judgedStations(rollout, watermark)).find(({ id }) => id === canary.id)?.since
  expect(await since(clock.now())).toEqual({ 'first-pass yield': { n: 3, bad: 0 }, hot: { n: 3, bad: 3 } })
  expect(await since(clock.now() - 20 * minute)).toEqual({
    'first-pass yield': { n: 1, bad: 0 },
    hot: { n: 1, bad: 1 },
  })
})

test('a canary station that starts to make another product is told by how much that moves what is expected', async () => {
  const line = await testLine(service, { stations: 3 })
  const easy = (index: number) => ({ part_number: index % 2 ? 'easy' : 'hard' })
  await past(line, easy)
  const rollout = await testRollout(service, line, { gates: [{ metric: 'first-pass yield' }] })
  await rollout.confirm()
  // A day on, in a shift that the past knows: one never seen is expected at the fleet's own rate.
  clock.pass(24 * hour)
  const [canary] = await rollout.canaries()
  if (!canary) throw new Error('no canary')
  const making = async (part_number: string) => {
    await line.runs(
      Array.from({ length: 20 }, (_, index) => ({
        station: canary,
        deployment: line.next,
        start: -6 * hour + index * 1000,
        more: { part_number },
      })),
    )
    return (
      (await judgedStations(rollout)).find(({ id }) => id === canary.id)?.mix['first-pass yield'] ??
      Number.NaN
    )
  }
  // All six failures of the past were of the hard one, which it then made as often as the other.
  const hardAlone = await making('hard')
  expect(hardAlone).toBeGreaterThan(0.5)
  expect(await making('easy')).toBeLessThan(hardAlone - 0.2)
})

test('what was counted as runs came is what a recount gives, with stations that join and an abort that ends', async () => {
  const line = await testLine(service, { stations: 4 })
  await past(line)
  const rollout = await testRollout(service, line, {
    gates: [
      { metric: 'first-pass yield' },
      { metric: 'error rate' },
      { metric: 'duration' },
      { metric: 'custom', name: 'current', statistic: 'mean', read: 'mA' },
    ],
  })
  await rollout.confirm()
  clock.pass(hour)
  const outcomes = ['PASS', 'FAIL', 'ERROR', 'ABORTED', 'TIMEOUT']
  const report = (seed: number) =>
    line.runs(
      Array.from({ length: 60 }, (_, index): RunSaid => {
        const turn = (index * 7 + seed) % 60
        return {
          station: line.bench(turn % line.benches.length),
          deployment: turn % 3 ? line.next : line.base,
          unit: `U-${(turn * 5) % 23}`,
          outcome: outcomes[turn % outcomes.length] ?? 'PASS',
          seconds: 38 + (turn % 12),
          start: -70 * minute + ((turn * 11) % 60) * minute,
          more: { metrics: { mA: turn % 9 }, part_number: `P${turn % 2}` },
        }
      }),
    )
  const agrees = async () => {
    const counted = await tallied(db, line.procedure)
    const metrics = await talliedMetrics(db, line.procedure)
    await db.transaction((tx) => recount(tx, line.procedure, rollout.id))
    expect(await tallied(db, line.procedure)).toEqual(counted)
    expect(await talliedMetrics(db, line.procedure)).toEqual(metrics)
    return metrics.length
  }
  await report(1)
  expect(await agrees()).toBeGreaterThan(8)
  const joining = await line.addBench()
  await line.runs(
    Array.from({ length: 30 }, (_, index) => ({
      station: joining,
      deployment: line.base,
      start: (index - 400) * minute,
    })),
  )
  await service.judge(line.procedure)
  await report(2)
  const joined = (await judgedStations(rollout)).find(({ id }) => id === joining.id)
  expect(joined?.past).toMatchObject({ 'first-pass yield': { n: 30, bad: 0 }, duration: { n: 30, bad: 0 } })
  expect(await agrees()).toBeGreaterThan(8)
  await rollout.verb('abort', { reason: 'the test says so' })
  await service.judge(line.procedure)
  // Some base stations ran the new build too: those are exposed anew, and have to show their return as well.
  for (let round = 0; round < 2; round++) {
    clock.pass(minute)
    for (const bench of line.benches) await line.pickup(bench, round === 0 ? line.next : line.base)
    await service.judge(line.procedure)
  }
  expect((await rollout.get()).status).toBe('aborted')
  await report(3)
  expect(await agrees()).toBeGreaterThan(8)
})
