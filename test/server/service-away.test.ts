// The service is away for hours: on return it never goes on with a stage that nobody measured meanwhile.
import { sql } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { bareStages, type RunSaid, type TestLine, testLine } from '../support/test-line.ts'
import { rolloutOf, type TestRollout, testRollout } from '../support/test-rollout.ts'
import { openTestService } from '../support/test-service.ts'

const service = await openTestService()
const { clock, database, jobs } = service
const minute = 60_000
const hour = 60 * minute

/** So long nobody looked at any rollout: both clocks have gone on. */
async function away(ms: number): Promise<void> {
  clock.pass(ms)
  await database.db.execute(
    sql`update rollouts set judged_at = judged_at - ${ms}::float8 * interval '1 millisecond'`,
  )
}

/** Looks as the service does while it is up, though only once in a while. */
async function up(line: TestLine, ms: number): Promise<void> {
  clock.pass(ms)
  await service.judge(line.procedure)
}

/** `count` runs on the new build from `fromMs` on, evenly until now. */
function ran(line: TestLine, stations: TestLine['benches'], fromMs: number, count: number): RunSaid[] {
  return stations.flatMap((station) =>
    Array.from(
      { length: count },
      (_, index): RunSaid => ({
        station,
        deployment: line.next,
        outcome: index % 20 === 0 ? 'FAIL' : 'PASS',
        start: fromMs + (index * -fromMs) / count,
      }),
    ),
  )
}

async function past(line: TestLine): Promise<void> {
  await line.runs(
    line.benches.flatMap((station) =>
      Array.from(
        { length: 200 },
        (_, index): RunSaid => ({
          station,
          deployment: line.base,
          outcome: index % 20 === 0 ? 'FAIL' : 'PASS',
          start: -10 * hour + (index * 9 * hour) / 200,
        }),
      ),
    ),
  )
}

/** One stage of all stations, live and measured for an hour, that asks for four hours of soak. */
async function soaking({ stations = 1, runs = 1 } = {}) {
  const line = await testLine(service, { stations })
  // For gates that are to pass.
  if (runs > 50) await past(line)
  const stages = [{ target: { share: 1 }, soak: { minutes: 240 } }]
  const rollout = await testRollout(service, line, { stages })
  await rollout.confirm()
  clock.pass(hour)
  await line.runs(ran(line, line.benches, -50 * minute, runs))
  await up(line, minute)
  expect(await soak(rollout)).toBe('soaked 61 of 240 min')
  return { line, rollout }
}

async function soak(rollout: TestRollout): Promise<string> {
  const { items } = (await rollout.get()).readiness
  return items.find((item: { kind: string }) => item.kind === 'soak').text
}

describe('a soak that would have ended while the service was away', () => {
  test('has not: the time does not count, whoever asks first', async () => {
    const { line, rollout } = await soaking()
    await away(6 * hour)
    const refused = await rollout.verb('advance', {})
    expect(refused).toMatchObject({ status: 409, body: { code: 'not_ready' } })
    await service.judge(line.procedure)
    const view = await rollout.get()
    expect(view.status).not.toBe('completed')
    expect(await soak(rollout)).toBe('soaked 61 of 240 min, without 360 min that nobody measured')
    expect((await rollout.eventTypes()).filter((type) => type === 'StageUnmeasured')).toHaveLength(1)
    const told = (await rollout.events()).find((event) => event.type === 'StageUnmeasured')
    expect(jobs).toContainEqual({ kind: 'thread', rolloutId: rollout.id, sequence: told?.sequence })
  })

  test('goes on from its return, and counts what is measured then', async () => {
    const { line, rollout } = await soaking({ runs: 100 })
    await away(6 * hour)
    await service.judge(line.procedure)
    clock.pass(3 * hour)
    await line.runs(ran(line, line.benches, -2.9 * hour, 200))
    await service.judge(line.procedure)
    expect((await rollout.get()).status).toBe('completed')
  })

  test('counts where stations kept their runs and send them afterwards, and then completes', async () => {
    const { line, rollout } = await soaking({ runs: 100 })
    await away(6 * hour)
    await service.judge(line.procedure)
    expect((await rollout.get()).status).not.toBe('completed')
    await line.runs(ran(line, line.benches, -6 * hour, 100))
    await service.judge(line.procedure)
    const proven = (await rollout.events()).find((event) => event.type === 'StageMeasured')
    expect(proven).toMatchObject({ from: clock.now() - 6 * hour, to: clock.now() })
    // Rested for want of runs when it came back, it goes on at the look that sees them, and completes at the next.
    await service.judge(line.procedure)
    expect((await rollout.get()).status).toBe('completed')
  })

  test('counts only as far as every station of the stage ran', async () => {
    const { line, rollout } = await soaking({ stations: 2 })
    const [first, second] = line.benches
    if (!first || !second) throw new Error('two stations expected')
    await away(6 * hour)
    await line.runs(ran(line, [first], -6 * hour, 20))
    await service.judge(line.procedure)
    expect(await soak(rollout)).toBe('soaked 61 of 240 min, without 360 min that nobody measured')
    // The other one stopped after an hour: its last run stands for the half hour in which a pause is usual, and no longer.
    await line.runs(
      [0, 20, 40, 59].map((at) => ({
        station: second,
        deployment: line.next,
        start: -6 * hour + at * minute,
      })),
    )
    await service.judge(line.procedure)
    expect(await soak(rollout)).toBe('soaked 120 of 240 min, without 301 min that nobody measured')
  })

  test('is not proven by a station whose clock is hours behind', async () => {
    const { line, rollout } = await soaking()
    const [only] = line.benches
    if (!only) throw new Error('one station expected')
    await away(6 * hour)
    await service.judge(line.procedure)
    const beat = { busy: false, sent_at: clock.iso(-5 * hour) }
    const answer = await service.ask('POST', '/api/v1/stations/me/heartbeats', {
      token: only.key,
      body: beat,
    })
    expect(answer.status).toBeLessThan(300)
    await line.runs(ran(line, [only], -6 * hour, 20))
    await service.judge(line.procedure)
    expect(await soak(rollout)).toBe('soaked 61 of 240 min, without 360 min that nobody measured')
  })
})

test('a restart of two minutes takes nothing from a soak', async () => {
  const { line, rollout } = await soaking()
  await away(2 * minute)
  await service.judge(line.procedure)
  expect(await soak(rollout)).toBe('soaked 63 of 240 min')
})

test('stations are not called silent for a time in which nobody could hear them', async () => {
  const { line, rollout } = await soaking({ runs: 5 })
  await away(6 * hour)
  await service.judge(line.procedure)
  expect(await rollout.eventTypes()).not.toContain('StationTroubled')
  await up(line, 31 * minute)
  expect(await rollout.eventTypes()).toContain('StationTroubled')
})

test('a soak that was paused meanwhile loses nothing', async () => {
  const { line, rollout } = await soaking()
  expect((await rollout.verb('pause', { reason: 'inventory' })).status).toBe(200)
  await away(6 * hour)
  await service.judge(line.procedure)
  expect(await soak(rollout)).toBe('soaked 61 of 240 min')
})

test('a process whose clock jumps back counts no time twice, and keeps the order of events', async () => {
  const { line, rollout } = await soaking()
  clock.pass(-90 * minute)
  await service.judge(line.procedure)
  expect(await soak(rollout)).toBe('soaked 0 of 240 min')
  expect((await rollout.verb('pause', { reason: 'clock trouble' })).status).toBe(200)
  clock.pass(90 * minute)
  expect((await rollout.verb('resume', {})).status).toBe(200)
  const sequences = (await rollout.events()).map((event) => Number(event.sequence))
  expect(sequences).toEqual(sequences.toSorted((a, b) => a - b))
  expect((await rollout.eventTypes()).slice(-2)).toEqual(['RolloutPaused', 'RolloutResumed'])
  await up(line, 10 * minute)
  expect(await soak(rollout)).toBe('soaked 10 of 240 min')
})

describe('a start whose time passes while the service is down', () => {
  const planned = async (line: TestLine) => {
    const answer = await line.start({ stages: bareStages, start_at: clock.iso(hour) })
    expect(answer).toMatchObject({ status: 201, body: { rollout: { status: 'pending' } } })
    return rolloutOf(service, line, answer.body.rollout.id)
  }

  test('is made up for at the return, once', async () => {
    const line = await testLine(service)
    const rollout = await planned(line)
    await away(6 * hour)
    await service.judge(line.procedure)
    await service.judge(line.procedure)
    expect((await rollout.get()).status).toBe('active')
    expect((await rollout.eventTypes()).filter((type) => type === 'RolloutStarted')).toHaveLength(1)
    expect(await rollout.canaries()).toHaveLength(1)
  })

  test('waits for the next opening where its hours have closed meanwhile', async () => {
    const line = await testLine(service)
    const wall = (ms: number) => clock.iso(ms).slice(11, 16)
    const hours = [{ zone: 'UTC', from: wall(hour), to: wall(3 * hour) }]
    const body = { policy: { hours }, expected_version: 0 }
    expect((await service.ask('PUT', `/api/v1/procedures/${line.procedure}/policy`, { body })).status).toBe(
      200,
    )
    const rollout = await planned(line)
    await away(6 * hour)
    await service.judge(line.procedure)
    expect(await rollout.get()).toMatchObject({
      status: 'pending',
      waits_for: [expect.stringMatching(/^outside the hours of Lyon/)],
    })
    expect(await rollout.canaries()).toEqual([])
    await away(19 * hour)
    await service.judge(line.procedure)
    expect((await rollout.get()).status).toBe('active')
  })
})

test('an approval that ran out while the service was down lets nothing advance on return', async () => {
  const line = await testLine(service)
  const body = { policy: { approvals_last_minutes: 90 }, expected_version: 0 }
  expect((await service.ask('PUT', `/api/v1/procedures/${line.procedure}/policy`, { body })).status).toBe(200)
  const stages = [{ target: { stations: 1 }, soak: { minutes: 0 }, approvals: 1 }, { target: { share: 1 } }]
  const rollout = await testRollout(service, line, { stages, gates: [] })
  await rollout.confirm()
  expect((await rollout.verb('approve')).status).toBe(200)
  await away(2 * hour)
  expect(await rollout.verb('advance')).toMatchObject({
    status: 409,
    body: { message: expect.stringContaining('0 of 1 approvals; 1 has expired') },
  })
  await service.judge(line.procedure)
  expect((await rollout.eventTypes()).slice(-1)).toEqual(['ApprovalAsked'])
  expect((await rollout.verb('approve')).status).toBe(200)
  expect((await rollout.verb('advance')).status).toBe(200)
})
