// Shadow runs: they count nowhere in production, and beside base they compare the two builds on the same unit.
import { expect, test } from 'vitest'
import { passMedians } from '../../db/pass-durations.ts'
import { rebuildTallies } from '../../db/rebuild-tallies.ts'
import { tallied, talliedMetrics } from '../support/history.ts'
import { type Bench, type TestLine, testLine } from '../support/test-line.ts'
import { testRollout } from '../support/test-rollout.ts'
import { openTestService } from '../support/test-service.ts'

const service = await openTestService()
const { ask, clock, database } = service
const minute = 60_000

/** Base in production, and beside it, from the same moment on, the new build in shadow. */
async function beside(
  line: TestLine,
  station: Bench,
  unit: string,
  of: { base?: string; shadow?: string; start?: number; mA?: [number, number] } = {},
): Promise<void> {
  const { base = 'PASS', shadow = 'PASS', start = 0, mA } = of
  const reported = (place: 0 | 1) => (mA ? { metrics: { mA: mA[place] } } : {})
  await line.runs([
    { station, unit, outcome: base, deployment: line.base, start, more: reported(0) },
    {
      station,
      unit: unit.toUpperCase(),
      outcome: shadow,
      deployment: line.next,
      start,
      more: { shadow: true, ...reported(1) },
    },
  ])
}

test('a shadow run counts nowhere in production: no attempt, no arm, no metric, no progress of its station', async () => {
  const line = await testLine(service, { stations: 2 })
  const rollout = await testRollout(service, line)
  const [canary] = await rollout.canaries()
  if (!canary) throw new Error('expected a canary station')
  await beside(line, canary, 'sn-1', { start: minute, shadow: 'FAIL' })
  clock.pass(5 * minute)
  await service.judge(line.procedure)
  expect(await rollout.station(canary)).toMatchObject({ status: 'pinned', canary_units: 0 })
  const view = await rollout.get()
  expect(view.canary_arm).toMatchObject({ runs: 0, units: 0 })
  expect(view.base_arm).toMatchObject({ runs: 1, units: 1, passed: 1 })
  expect(view.shadow).toMatchObject({ pairs: 1, worse: 1, better: 0, void: 0 })

  const ranks = await ask('GET', `/api/v1/procedures/${line.procedure}/units/SN-1/runs`)
  expect(
    ranks.body.data
      .map((run: { attempt: number | null; shadow: boolean }) => [run.attempt, run.shadow])
      .sort(),
  ).toEqual(
    [
      [1, false],
      [null, true],
    ].sort(),
  )
  expect(
    (await passMedians(database.db, { procedureId: line.procedure, rolloutId: rollout.id, range: null }))
      .canary,
  ).toBeNull()

  const [counted, metrics] = [
    await tallied(database.db, line.procedure),
    await talliedMetrics(database.db, line.procedure),
  ]
  expect(counted.hourly.reduce((sum, { runs }) => sum + runs, 0)).toBe(1)
  expect(metrics.every(({ key }) => key.split('/')[1] === 'base')).toBe(true)
  await database.db.transaction((tx) => rebuildTallies(tx, line.procedure))
  expect(await tallied(database.db, line.procedure)).toEqual(counted)
  expect(await talliedMetrics(database.db, line.procedure)).toEqual(metrics)
})

test('a shadow run of a confirmed canary on base is no drift, and one that does not say its build has none', async () => {
  const line = await testLine(service, { stations: 2 })
  const rollout = await testRollout(service, line)
  await rollout.confirm()
  const [canary] = await rollout.canaries()
  if (!canary) throw new Error('expected a canary station')
  const shadow = { more: { metadata: { shadow: 'true' } } }
  clock.pass(minute)
  await line.run({ station: canary, unit: 'a', deployment: line.base, ...shadow })
  // What it acknowledged is its build of production.
  const unsaid = await line.run({ station: canary, unit: 'b', ...shadow })
  clock.pass(minute)
  await service.judge(line.procedure)
  expect(await rollout.station(canary)).toMatchObject({ status: 'confirmed', trouble: null })
  const runs = await ask('GET', `/api/v1/procedures/${line.procedure}/units/b/runs`)
  expect(runs.body.data).toMatchObject([
    { id: unsaid.body.id, deployment: null, attributed_by: 'none', shadow: true },
  ])
})

test('pairs are judged by a gate of their own, from before the start too, and listed with their numbers', async () => {
  const line = await testLine(service, { stations: 3 })
  for (let index = 0; index < 6; index++)
    await beside(line, line.bench(0), `early-${index}`, {
      start: -120 * minute + index * minute,
      shadow: 'FAIL',
    })
  const gates = [
    { metric: 'shadow pairs', alpha: 0.01, minimum_pairs: 10 },
    { metric: 'custom', name: 'current', statistic: 'mean', read: 'mA', shift_relative: 0.2 },
  ]
  const rollout = await testRollout(service, line, { gates })
  await rollout.confirm()
  const gate = async () => {
    clock.pass(minute)
    await service.judge(line.procedure)
    return (await rollout.get()).verdict.gates.find((each: { name: string }) => each.name === 'shadow pairs')
  }
  expect(await gate()).toMatchObject({ verdict: 'wait', canary: { n: 6, bad: 6 }, base: { n: 6, bad: 0 } })
  for (let index = 0; index < 4; index++)
    await beside(line, line.bench(1), `late-${index}`, { shadow: 'FAIL', mA: [10, 14] })
  expect(await gate()).toMatchObject({ verdict: 'severe', canary: { n: 10, bad: 10 } })
  expect(await rollout.get()).toMatchObject({ status: 'paused', canary_arm: { runs: 0 } })

  const listed = await ask('GET', `/api/v1/rollouts/${rollout.id}/shadow-pairs?limit=4`)
  expect(listed.body.pairs).toHaveLength(4)
  expect(listed.body.pairs[0]).toMatchObject({
    serial: expect.stringContaining('LATE'),
    state: 'worse',
    why: null,
    shadow: { outcome: 'FAIL', version: 'v2', station: line.bench(1).name },
    production: { outcome: 'PASS', version: 'v1' },
  })
  expect(listed.body.summary).toMatchObject({
    pairs: 10,
    worse: 10,
    headline: 'the new build alone failed 10 of 10 units that both builds tested, base alone 0',
    numbers: [
      {
        name: 'mA',
        pairs: 4,
        higher: 4,
        median_difference: 4,
        beyond: [{ gate: 'current', worse: 4, better: 0 }],
      },
    ],
  })
  expect((await ask('GET', `/api/v1/rollouts/${line.procedure}/shadow-pairs`)).status).toBe(404)
  expect(
    (await ask('GET', `/api/v1/rollouts/${rollout.id}/shadow-pairs`, { token: line.bench(0).key })).status,
  ).toBe(403)
})
