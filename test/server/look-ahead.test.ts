// What a start would do, told before it, and what a rollout costs, told while it runs.
import { describe, expect, test } from 'vitest'
import { deploymentId, stationId } from '../../server/domain/ids.ts'
import { hour } from '../../server/domain/instant.ts'
import { presetPlan } from '../../server/domain/presets.ts'
import { type RunSaid, type TestLine, testLine } from '../support/test-line.ts'
import { testRollout } from '../support/test-rollout.ts'
import { openTestService } from '../support/test-service.ts'

const service = await openTestService()
const { ask, clock } = service
const preview = (line: TestLine, body: object = {}) =>
  ask('POST', '/api/v1/rollouts/preview', { body: { procedure_id: line.procedure, ...body } })

/** So many units on base, one an hour until now, every tenth of them bad. */
const pastOf = (line: TestLine, index: number, count: number): RunSaid[] =>
  Array.from({ length: count }, (_, before) => ({
    station: line.bench(index),
    deployment: line.base,
    outcome: before % 10 === 3 ? 'FAIL' : 'PASS',
    start: -(before + 1) * hour,
  }))
/** Four stations, two on each line; the first of each line tests a unit an hour, the others half as long. */
async function knownLine(): Promise<TestLine> {
  const line = await testLine(service)
  await line.runs([
    ...pastOf(line, 0, 120),
    ...pastOf(line, 1, 120),
    ...pastOf(line, 2, 60),
    ...pastOf(line, 3, 60),
  ])
  return line
}
const stages = [
  { target: { stations: 1 }, soak: { minutes: 60, first_attempts: 48 } },
  { target: { share: 1 }, soak: {} },
]

describe('a look ahead', () => {
  test('tells for each stage its stations, the time to a verdict and what it can prove', async () => {
    const line = await knownLine()
    const { status, body } = await preview(line, { stages, hand_picked: [line.bench(0).id] })
    expect(status).toBe(200)
    expect(body).toMatchObject({ station_count: 4, left_out: [], closed_because: null })
    expect(body.plan.stages).toHaveLength(2)
    expect(body.stages[0]).toMatchObject({ label: '1 station', stations: [{ name: line.bench(0).name }] })
    // 48 first attempts at one an hour, since it began to test 120 hours ago.
    expect(body.stages[0].hours_to_verdict).toBeCloseTo(48, 6)
    expect(body.stages[0].smallest_drop).toBeGreaterThan(0.1)
    expect(body.stages[0].smallest_drop).toBeLessThan(0.4)
    expect(body.stages[1]).toMatchObject({ label: 'all stations', hours_to_verdict: 0 })
  })

  test('tells how well the canaries stand for the fleet, and which would do better', async () => {
    const line = await knownLine()
    const two = [{ target: { stations: 2 } }, { target: { share: 1 } }]
    const { body } = await preview(line, { stages: two, hand_picked: [line.bench(0).id, line.bench(2).id] })
    expect(body.canaries).toMatchObject({
      score: 0.5,
      missing: [{ site: 'Lyon', line: 'L2', stations: 2 }],
      volume_share: 0.5,
      yields: { canaries: 0.9, fleet: 0.9 },
    })
    const picked = body.canaries.suggested.map(({ id }: { id: string }) => id)
    expect(picked).toHaveLength(2)
    const better = await preview(line, { stages: two, hand_picked: picked })
    expect(better.body.canaries).toMatchObject({ score: 1, missing: [], suggested: [] })
    const bySite = { stages: two, progression: 'site', hand_picked: [line.bench(0).id, line.bench(2).id] }
    expect((await preview(line, bySite)).body.canaries).toMatchObject({ score: 0.5, suggested: [] })
  })

  test('suggests no station that does not take part', async () => {
    const line = await knownLine()
    await ask('PATCH', `/api/v1/stations/${line.bench(1).id}`, { body: { held_reason: 'fixture broken' } })
    const one = { stages, hand_picked: [line.bench(2).id], group: { lines: ['L1', 'L2'] } }
    const { body } = await preview(line, one)
    expect(body.left_out).toEqual([{ name: line.bench(1).name, why: 'held: fixture broken' }])
    expect(body.canaries.missing).toEqual([{ site: 'Lyon', line: 'L2', stations: 1 }])
    expect(JSON.stringify(body.canaries.suggested)).not.toContain(line.bench(1).id)
    expect((await preview(line, { ...one, group: { lines: ['L1'] } })).body.canaries.missing).toEqual([])
  })

  test('counts what is recent: fourteen days', async () => {
    const line = await testLine(service, { stations: 2 })
    const old = (index: number, days: number): RunSaid => ({
      station: line.bench(index),
      deployment: line.base,
      start: -days * 24 * hour,
    })
    await line.runs([old(0, 13), old(1, 13), old(1, 15), old(1, 16)])
    expect((await preview(line, { hand_picked: [line.bench(0).id] })).body.canaries.volume_share).toBe(0.5)
  })

  test('counts units of other builds as volume, and not as yield', async () => {
    const line = await testLine(service, { stations: 2 })
    await line.runs([
      { station: line.bench(0), deployment: line.next, outcome: 'FAIL', start: -hour },
      { station: line.bench(0), deployment: line.base, start: -2 * hour },
      { station: line.bench(1), deployment: line.base, start: -2 * hour },
    ])
    expect((await preview(line, { hand_picked: [line.bench(0).id] })).body.canaries).toMatchObject({
      volume_share: 2 / 3,
      yields: { canaries: 1, fleet: 1 },
    })
  })

  test('says that it does not know of a line that has tested nothing', async () => {
    const line = await testLine(service)
    const { body } = await preview(line)
    expect(body.stages[0]).toMatchObject({ hours_to_verdict: null, smallest_drop: null })
    expect(body.canaries).toMatchObject({ volume_share: null, yields: null })
  })

  test('names the very stations that a start then takes', async () => {
    const line = await testLine(service, { stations: 9 })
    const body = { stages: [{ target: { stations: 3 } }, { target: { share: 1 } }] }
    const told = await preview(line, { ...body, deployment_id: line.next })
    const rollout = await testRollout(service, line, body)
    const canaries = (await rollout.canaries()).map(({ name }) => name)
    expect(told.body.stages[0].stations.map(({ name }: { name: string }) => name)).toEqual(canaries)
  })

  test('shows the plan with all that it asks of people and of the build', async () => {
    const line = await testLine(service)
    const asked = {
      expectation: 'limits tightened',
      expected_yield_change: -0.008,
      four_eyes: true,
      start_approvals: 2,
      approvals_last_minutes: 60,
    }
    expect((await preview(line, asked)).body.plan).toMatchObject(asked)
    expect((await preview(line, { ...asked, reason: 'a start has one' })).status).toBe(422)
  })

  test('is refused where a start would be, in the same words', async () => {
    const line = await testLine(service)
    expect(await preview(line, { stages: [{ target: { share: 0.5 } }] })).toMatchObject({
      status: 422,
      body: { message: expect.stringContaining('the last stage takes all stations') },
    })
    expect(await preview(line, { group: { sites: ['Nowhere'] } })).toMatchObject({ status: 422 })
    expect((await preview(line, { procedure_id: '00000000-0000-4000-8000-000000000000' })).status).toBe(404)
    expect(
      (await ask('POST', '/api/v1/rollouts/preview', { token: null, body: { procedure_id: line.procedure } }))
        .status,
    ).toBe(401)
  })

  test('answers the bot as it answers over HTTP', async () => {
    const line = await knownLine()
    const told = await service.service.preview(
      line.procedure,
      { ...presetPlan('hot-fix'), handPicked: [stationId.parse(line.bench(0).id)] },
      deploymentId.parse(line.next),
    )
    const { body } = await preview(line, {
      preset: 'hot-fix',
      hand_picked: [line.bench(0).id],
      deployment_id: line.next,
    })
    expect(told).toMatchObject({
      stages: [{ hoursToVerdict: body.stages[0].hours_to_verdict }, { hoursToVerdict: 0 }],
      canaries: { score: body.canaries.score },
    })
  })
})

describe('the economics of a rollout', () => {
  async function exposed() {
    const line = await knownLine()
    const rollout = await testRollout(service, line, { stages, hand_picked: [line.bench(0).id] })
    await line.pickup(line.bench(0), line.next)
    const tests = (count: number, bad = 0) =>
      Array.from(
        { length: count },
        (_, index): RunSaid => ({
          station: line.bench(0),
          deployment: line.next,
          outcome: index < bad ? 'FAIL' : 'PASS',
          start: -index * 60_000 - 60_000,
        }),
      )
    return { line, rollout, tests }
  }

  test('are nothing before the first unit, then pace, extra failures and the moment it can pass', async () => {
    const { line, rollout, tests } = await exposed()
    expect((await rollout.get()).economics).toBeNull()
    clock.pass(hour)
    // Base goes on beside it, and is not part of the pace.
    await line.runs([...tests(24, 4), { station: line.bench(1), deployment: line.base, start: -60_000 }])
    await service.judge(line.procedure)
    const { economics, verdict } = await rollout.get()
    expect(economics.units_per_hour).toBe(24)
    const gate = verdict.gates.find(({ metric }: { metric: string }) => metric === 'first-pass yield')
    expect(economics.extra_failures.estimate).toBeCloseTo(4 - 24 * gate.expected_rate, 9)
    expect(economics.extra_failures.low).toBeLessThan(economics.extra_failures.estimate)
    expect(economics.extra_failures.high).toBeGreaterThan(economics.extra_failures.estimate)
    // 24 first attempts are missing, an hour; but the gate on durations counts passes: 28 of 48, at 20 an hour.
    expect(economics.verdict_at).toBe(clock.now() + (28 / 20) * hour)
  })

  test('keep what it has cost after the end', async () => {
    const { line, rollout, tests } = await exposed()
    clock.pass(hour)
    await line.runs(tests(24, 4))
    await service.judge(line.procedure)
    expect((await rollout.verb('abort', { reason: 'bad smell' })).status).toBe(200)
    const { economics } = await rollout.get()
    expect(economics).toMatchObject({ units_per_hour: null, verdict_at: null })
    expect(economics.extra_failures.estimate).toBeGreaterThan(0)
  })
})
