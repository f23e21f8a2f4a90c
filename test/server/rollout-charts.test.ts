// What a rollout's charts are drawn from, read from stored runs: of all of its time, and of a part.
import { expect, test } from 'vitest'
import { hour } from '../../server/domain/instant.ts'
import { rolloutCharts } from '../../server/rollout-charts.ts'
import { type RunSaid, testLine } from '../support/test-line.ts'
import { testRollout } from '../support/test-rollout.ts'
import { openTestService } from '../support/test-service.ts'

const service = await openTestService()
const { clock, database } = service
// On the hour, so that a test says in which one its runs fall.
clock.pass(hour - (clock.now() % hour))
const line = await testLine(service, { stations: 3 })
const many = (count: number, said: (index: number) => RunSaid) =>
  line.runs(Array.from({ length: count }, (_, index) => said(index)))
for (const station of line.benches)
  await many(100, (index) => ({
    station,
    deployment: line.base,
    outcome: index % 50 === 0 ? 'FAIL' : 'PASS',
    start: -20 * hour + index * 60_000,
  }))
const rollout = await testRollout(service, line)
await rollout.confirm()
const [canary] = await rollout.canaries()
if (!canary) throw new Error('no canary')
const [one, other] = line.benches.filter(({ id }) => id !== canary.id)
if (!one || !other) throw new Error('no base')
const began = clock.now() - (clock.now() % hour)
clock.pass(3 * hour - (clock.now() % hour))
// In the first hour all is well; in the second every other unit fails on the new build, each in 84 seconds.
await many(20, (index) => ({
  station: canary,
  deployment: line.next,
  start: -3 * hour + 60_000 + index * 120_000,
}))
await many(20, (index) => ({
  station: canary,
  deployment: line.next,
  outcome: index % 2 ? 'FAIL' : 'PASS',
  seconds: 84,
  start: -2 * hour + index * 120_000,
  more: index % 2 ? { failure_mode: 'vcc low' } : {},
}))
await many(30, (index) => ({
  station: one,
  deployment: line.base,
  start: -3 * hour + 60_000 + index * 180_000,
}))
await service.judge(line.procedure)

const charts = async (range: { from: number; to: number } | null) => {
  const failures = await service.service.failures(rollout.id, range)
  const found = await rolloutCharts(database.db, rollout.id, clock.now(), { range, failures })
  if (!found) throw new Error('no charts')
  return found
}
const second = { from: began + hour, to: began + 2 * hour }

test('of the whole rollout every hour, duration and station is told', async () => {
  const whole = await charts(null)
  expect(whole.isPart).toBe(false)
  expect(
    whole.hours.filter(({ arm }) => arm === 'canary').map(({ units, passed }) => [units, passed]),
  ).toEqual([
    [20, 20],
    [20, 10],
  ])
  expect(whole.durations).toEqual([
    { arm: 'base', bin: 43, runs: 30 },
    { arm: 'canary', bin: 43, runs: 20 },
    { arm: 'canary', bin: 51, runs: 10 },
  ])
  expect(whole.medianSeconds.base).toBeCloseTo(42, 3)
  // Twenty of 42 s and ten of 84 s.
  expect(whole.medianSeconds.canary).toBeCloseTo(42, 3)
  const [first, ...rest] = whole.stations?.shown ?? []
  expect(first).toMatchObject({
    name: canary.name,
    arm: 'canary',
    units: 40,
    passed: 30,
    pastUnits: 100,
    pastPassed: 98,
  })
  expect(first?.course.map(({ units, passed }) => [units, passed])).toEqual([
    [20, 20],
    [40, 30],
  ])
  expect(first?.chance).toBeLessThan(0.001)
  expect(rest.map(({ name, arm, units }) => [name, arm, units])).toEqual([[one.name, 'base', 30]])
  expect(whole.stations).toMatchObject({ stations: 2, outside: 1 })
})

test('of a part only what ran in it, and verdicts as they were given then', async () => {
  const part = await charts(second)
  expect(part).toMatchObject({ isPart: true, ...second })
  expect(part.hours.filter(({ arm }) => arm === 'canary')).toMatchObject([
    { hour: second.from, units: 20, passed: 10 },
  ])
  expect(part.durations?.filter(({ arm }) => arm === 'canary')).toEqual([
    { arm: 'canary', bin: 51, runs: 10 },
  ])
  expect(part.medianSeconds.canary).toBeCloseTo(84, 3)
  expect(part.stations?.shown[0]).toMatchObject({ name: canary.name, units: 20, passed: 10 })
  expect(part.failures?.canary).toEqual({ runs: 20, failed: 10 })
  // Judged after it: nothing was said within it.
  expect(part.differences).toEqual([])
  expect((await charts(null)).differences.length).toBeGreaterThan(0)
})

test('of a time without runs nothing, and never more than the rollout lasted', async () => {
  const none = await charts({ from: began - 40 * hour, to: began - 30 * hour })
  expect(none.hours).toEqual([])
  expect(none.durations).toEqual([])
  expect(none.stations).toEqual({ shown: [], stations: 0, outside: 0 })
  expect(none.failures?.categories).toEqual([])
  expect(none.to).toBeGreaterThanOrEqual(none.from)
})

test('each difference knows from where on it is severe', async () => {
  const { differences } = await charts(null)
  const yields = differences.find(({ gate }) => gate === 'first-pass yield')
  expect(yields?.severe).toBeGreaterThan(yields?.tolerated ?? 1)
})
