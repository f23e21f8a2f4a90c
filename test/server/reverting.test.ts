// The way back after an abort or a rollback, station by station, and what happens when one does not come back.
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { rows } from '../../db/client.ts'
import { type Bench, type TestLine, testLine } from '../support/test-line.ts'
import { testRollout } from '../support/test-rollout.ts'
import { openTestService } from '../support/test-service.ts'

const service = await openTestService()
const { ask, clock } = service
const minute = 60_000
const hour = 60 * minute

const open = async (line: TestLine): Promise<string[]> =>
  (await ask('GET', `/api/v1/station-alarms?procedure_id=${line.procedure}&open=true`)).body.data.map(
    (alarm: { kind: string; station: { name: string } }) => `${alarm.station.name} ${alarm.kind}`,
  )
const closed = async (line: TestLine): Promise<string[]> =>
  (await ask('GET', `/api/v1/station-alarms?procedure_id=${line.procedure}&open=false`)).body.data.map(
    (alarm: { kind: string; closed: { how: string } }) => `${alarm.kind}: ${alarm.closed.how}`,
  )
const way = async (line: TestLine) =>
  (await ask('GET', `/api/v1/procedures/${line.procedure}/reverting`)).body
const run = (station: Bench, line: TestLine, deployment = line.base, start = 0) =>
  line.run({ station, deployment, start })
async function pass(line: TestLine, ms: number): Promise<void> {
  clock.pass(ms)
  await service.judge(line.procedure)
  await service.look(line.procedure)
}

/** The next build has gone to every station, and is the active one. */
async function rolledOut(line: TestLine): Promise<void> {
  const rollout = await testRollout(service, line, { stages: [{ target: { share: 1 } }] })
  clock.pass(1_000)
  for (const bench of line.benches) {
    await line.pinned(bench)
    await line.pickup(bench, line.next)
    await run(bench, line, line.next)
  }
  await service.judge(line.procedure)
  await rollout.verb('advance', { override: true, reason: 'the test goes on' })
  expect((await rollout.get()).status).toBe('completed')
  clock.pass(hour)
}

/** Half of four stations have shown the new build when the rollout is aborted. */
async function aborted(line: TestLine) {
  const rollout = await testRollout(service, line, {
    stages: [{ target: { share: 0.5 } }, { target: { share: 1 } }],
  })
  await rollout.confirm()
  const [first, second] = await rollout.canaries()
  if (!first || !second) throw new Error('two canaries expected')
  clock.pass(minute)
  await rollout.verb('abort', { reason: 'fails good boards' })
  return { rollout, first, second }
}

test('an abort says how far it has come: told, pulled, proven back, and who is still out since when', async () => {
  const line = await testLine(service, { stations: 4 })
  const { rollout, first, second } = await aborted(line)
  const at = clock.now()
  clock.pass(10_000)
  expect(await line.pinned(first)).toBe(line.base)
  clock.pass(10_000)
  await line.pickup(first, line.base, 'pulled')
  clock.pass(10_000)
  await run(first, line)
  await pass(line, 12 * minute)
  const { reverting } = await rollout.get()
  expect(reverting).toMatchObject({
    at,
    why: 'fails good boards',
    taken_back: { version: 'v2' },
    to: { version: 'v1' },
    limit_minutes: 60,
    total: 2,
    proven: 1,
    out: 1,
    is_overdue: false,
    done_at: null,
  })
  const of = (bench: Bench) => reverting.stations.find((each: { id: string }) => each.id === bench.id)
  expect(of(first)).toMatchObject({ told_at: at + 10_000, pulled_at: at + 20_000 })
  expect(of(second)).toMatchObject({ told_at: null, pulled_at: null, proven_at: null })
  expect(of(second).offline_since).toBe(at - minute)
  const since = new Date(at - minute).toISOString()
  expect(reverting.text).toBe(
    `1 of 2 stations proven back, 1 out: ${second.name} offline since ${since}; 12 min of 60`,
  )
  await pass(line, 48 * minute)
  expect(await open(line)).toContain(`${second.name} revert overdue`)
  await run(second, line)
  await pass(line, 1_000)
  expect(await closed(line)).toContain('revert overdue: recovered')
  expect((await rollout.get()).reverting).toMatchObject({ proven: 2, out: 0, done_at: expect.any(Number) })
})

test('a station that keeps running the aborted build is an alarm at the limit, and again after it had shown base', async () => {
  const line = await testLine(service, { stations: 4 })
  const { first, second, rollout } = await aborted(line)
  await run(second, line)
  for (let minutes = 0; minutes < 59; minutes += 10) {
    clock.pass(10 * minute)
    if (minutes < 50) await run(first, line, line.next)
    await service.look(line.procedure)
    expect((await open(line)).filter((each) => each.startsWith(first.name))).toEqual(
      minutes < 50 ? [] : [`${first.name} runs what was taken back`],
    )
  }
  await run(second, line, line.base)
  await service.judge(line.procedure)
  const shown = (await rollout.get()).station_alarms.map((each: { kind: string }) => each.kind)
  expect(shown).toContain('runs what was taken back')
  // The other one was back, and shows the aborted build once more.
  clock.pass(5 * minute)
  await run(second, line, line.next)
  await service.look(line.procedure)
  const [alarm] = (await ask('GET', `/api/v1/station-alarms?procedure_id=${line.procedure}&open=true`)).body
    .data
  expect(alarm).toMatchObject({
    station: { name: second.name },
    kind: 'runs what was taken back',
    detail: expect.stringMatching(
      /^ran v2, which was taken back at .*, after it had shown that it was back$/,
    ),
    runs: 1,
  })
})

test('a late upload after the stage advanced or the rollout was aborted: judged by its own time, it opens nothing', async () => {
  const line = await testLine(service, { stations: 4 })
  const { first, second } = await aborted(line)
  clock.pass(minute)
  for (const bench of [first, second]) await run(bench, line)
  await pass(line, 10 * minute)
  // Made while the rollout was live, and sent only now.
  await run(first, line, line.next, -11 * minute - 90_000)
  await pass(line, 1_000)
  expect(await open(line)).toEqual([])
})

test('a rollback reaches every station, offline ones when they return, and leaves old runs their deployment', async () => {
  const line = await testLine(service, { stations: 3 })
  await rolledOut(line)
  const [offline, ...others] = line.benches
  if (!offline) throw new Error('no bench')
  expect(
    (
      await ask('POST', `/api/v1/procedures/${line.procedure}/rollback`, {
        body: { deployment_id: line.base, reason: 'escapes at the customer' },
      })
    ).status,
  ).toBe(200)
  const at = clock.now()
  expect(service.jobs.at(-1)).toMatchObject({ kind: 'rollback', procedureId: line.procedure })
  clock.pass(30_000)
  for (const bench of others) {
    expect(await line.pinned(bench)).toBe(line.base)
    await run(bench, line)
  }
  await pass(line, 29 * minute)
  expect(await way(line)).toMatchObject({ total: 3, proven: 2, out: 1, first_ms: 30_000, is_overdue: false })
  await pass(line, 31 * minute)
  expect(await way(line)).toMatchObject({ is_overdue: true })
  expect((await open(line)).filter((each) => each.startsWith(offline.name))).toEqual([
    `${offline.name} revert overdue`,
  ])
  // It comes back after an hour: it sends what it had made meanwhile, asks, and is given the former build.
  await run(offline, line, line.next, -70 * minute)
  expect(await line.pinned(offline)).toBe(line.base)
  await run(offline, line)
  clock.pass(minute)
  for (const bench of others) await run(bench, line)
  await pass(line, 1_000)
  expect(await open(line)).toEqual([])
  const proven = await way(line)
  expect(proven).toMatchObject({ proven: 3, out: 0, is_overdue: false, done_at: expect.any(Number) })
  expect(proven.last_ms).toBeGreaterThanOrEqual(hour)
  expect(proven.median_ms).toBe(30_000)
  expect(at).toBe(proven.at)
  // How long it took is kept, once, for whoever compares rollbacks later.
  await pass(line, minute)
  const kept = await rows(
    service.database.db,
    sql`select (body ->> 'lastMs')::float8 as last, jsonb_array_length(body -> 'stations')::int as stations from procedure_events
        where procedure_id = ${line.procedure}::uuid and type = 'RollbackProven'`,
  )
  expect(kept).toEqual([{ last: proven.last_ms, stations: 3 }])
  const history = (await ask('GET', `/api/v1/procedures/${line.procedure}/history`)).body.data
  expect(history[0].what).toBe('rolled back to v1')
  const past = await service.service.stationStates(line.procedure)
  expect(past?.map((each) => each.ran?.build.version)).toEqual(['v1', 'v1', 'v1'])
})

test('what was on its way back when it was asked for another build is not waited for', async () => {
  const line = await testLine(service, { stations: 2 })
  await rolledOut(line)
  const back = (deployment: string) =>
    ask('POST', `/api/v1/procedures/${line.procedure}/rollback`, {
      body: { deployment_id: deployment, reason: 'to and fro' },
    })
  const [first, second] = line.benches
  if (!first || !second) throw new Error('two benches expected')
  await back(line.base)
  const former = (await way(line)).rollback_id
  clock.pass(minute)
  await line.pinned(first)
  await run(first, line)
  await pass(line, 61 * minute)
  expect(await open(line)).toContain(`${second.name} revert overdue`)
  await back(line.next)
  await pass(line, 1_000)
  expect(await closed(line)).toContain('revert overdue: asked for another build')
  expect(former).toBeUndefined()
  expect(await way(line)).toMatchObject({ to: { version: 'v2' }, total: 1 })
})
