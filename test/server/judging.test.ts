// Judging: evidence of stations and runs, brought before the decider.
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { rows } from '../../db/client.ts'
import { type RunSaid, type TestLine, testLine } from '../support/test-line.ts'
import { testRollout } from '../support/test-rollout.ts'
import { openTestService } from '../support/test-service.ts'

const service = await openTestService()
const { ask, clock, database, queued } = service
const hour = 3_600_000

/** `count` runs of each station on base in the hours before now, one in twenty of them failing. */
async function past(line: TestLine, count = 100): Promise<void> {
  const runs = line.benches.flatMap((station) =>
    Array.from(
      { length: count },
      (_, index): RunSaid => ({
        station,
        deployment: line.base,
        outcome: index % 20 === 0 ? 'FAIL' : 'PASS',
        start: -10 * hour + (index * 9 * hour) / count,
      }),
    ),
  )
  await line.runs(runs)
}

test('a canary that fails breaches: the rollout pauses, and event, verdict and deliveries are kept', async () => {
  const line = await testLine(service, { stations: 4 })
  await past(line)
  const rollout = await testRollout(service, line)
  await rollout.confirm()
  const [canary] = await rollout.canaries()
  if (!canary) throw new Error('no canary')
  clock.pass(hour)
  const before = queued.length
  await line.runs([
    ...Array.from(
      { length: 40 },
      (_, index): RunSaid => ({
        station: canary,
        deployment: line.next,
        outcome: index % 2 ? 'FAIL' : 'PASS',
        start: -50 * 60_000 + index * 60_000,
      }),
    ),
    ...line.benches
      .filter((bench) => bench !== canary)
      .flatMap((station) =>
        Array.from(
          { length: 40 },
          (_, index): RunSaid => ({
            station,
            deployment: line.base,
            outcome: index % 20 === 0 ? 'FAIL' : 'PASS',
            start: -50 * 60_000 + index * 60_000,
          }),
        ),
      ),
  ])
  await service.judge(line.procedure)
  const view = await rollout.get()
  expect(view).toMatchObject({
    status: 'paused',
    pause: { reason: 'breach', why: expect.stringMatching(/^first-pass yield 50/) },
  })
  expect(view.breaches).toMatchObject([{ gate: 'first-pass yield', closed: null, acknowledged: null }])
  expect(view.canary_arm).toMatchObject({ units: 40, passed: 20, first_pass_yield: 0.5, runs: 40 })
  expect(view.base_arm).toMatchObject({ units: 120, passed: 114 })
  expect(['breach', 'severe']).toContain(view.verdict.overall)
  expect(await rollout.eventTypes()).toEqual(expect.arrayContaining(['BreachOpened', 'RolloutPaused']))
  const [kept] = await rows<{ overall: string }>(
    database.db,
    sql`select verdict->>'overall' as overall from verdicts where rollout_id = ${rollout.id}::uuid order by at desc limit 1`,
  )
  expect(kept?.overall).toBe(view.verdict.overall)
  const events = await rollout.events()
  const opened = events.find((event) => event.type === 'BreachOpened')
  expect(queued.slice(before)).toContainEqual({
    kind: 'thread',
    rolloutId: rollout.id,
    number: opened?.sequence,
  })
  expect(queued.slice(before)).toContainEqual({ kind: 'card', rolloutId: rollout.id, number: 0 })

  expect(await rollout.verb('advance', { override: true, reason: 'go' })).toMatchObject({ status: 409 })
  expect(await rollout.verb('resume')).toMatchObject({
    status: 409,
    body: { message: expect.stringMatching(/is breached/) },
  })
  await rollout.verb('acknowledge', { gate: 'first-pass yield', reason: 'known bad lot' })
  expect((await rollout.verb('resume', { reason: 'lot 7' })).body.rollout.status).toBe('active')
  await service.judge(line.procedure)
  expect((await rollout.get()).status).toBe('active')
})

test('a gate that may roll back takes every station to base by itself where the policy lets it', async () => {
  const policy = { policy: { auto_rollback: true }, expected_version: 0, reason: 'trusted by now' }
  expect((await ask('PUT', '/api/v1/policy', { body: policy })).status).toBe(200)
  const line = await testLine(service, { stations: 3 })
  await past(line)
  const gates = [{ metric: 'first-pass yield', mode: 'roll back', alpha: 0.02 }]
  const rollout = await testRollout(service, line, { gates })
  await rollout.confirm()
  const [canary] = await rollout.canaries()
  if (!canary) throw new Error('no canary')
  clock.pass(hour)
  await line.runs(
    Array.from(
      { length: 60 },
      (_, index): RunSaid => ({
        station: canary,
        deployment: line.next,
        outcome: 'FAIL',
        start: -50 * 60_000 + index * 30_000,
      }),
    ),
  )
  await service.judge(line.procedure)
  expect((await rollout.get()).status).toBe('aborting')
  expect((await rollout.get()).abort).toMatchObject({
    why: expect.stringMatching(/rolled back by its gate/),
    by: { kind: 'service' },
  })
  for (const bench of line.benches) expect(await line.pinned(bench)).toBe(line.base)
})

test('no runs are "no data": neither 0 % nor 100 %, never a pass, and nothing moves', async () => {
  const line = await testLine(service, { stations: 3 })
  await past(line)
  const rollout = await testRollout(service, line)
  await rollout.confirm()
  for (let hours = 0; hours < 3; hours++) {
    clock.pass(hour)
    await service.judge(line.procedure)
  }
  const view = await rollout.get()
  expect(view).toMatchObject({ status: 'active', stage_index: 0, verdict: { overall: 'no data' } })
  expect(view.canary_arm).toMatchObject({
    units: 0,
    first_pass_yield: null,
    error_rate: null,
    timeout_rate: null,
  })
  expect(view.readiness.ready).toBe(false)
  expect(await rollout.verb('advance')).toMatchObject({
    status: 409,
    body: { code: 'not_ready', message: expect.stringMatching(/no canary runs/) },
  })
})

test('only aborted runs are still no data', async () => {
  const line = await testLine(service, { stations: 2 })
  await past(line)
  const rollout = await testRollout(service, line)
  const [canary] = await rollout.canaries()
  if (!canary) throw new Error('no canary')
  await line.run({ station: canary, deployment: line.next, outcome: 'ABORTED' })
  clock.pass(60_000)
  await service.judge(line.procedure)
  expect((await rollout.get()).verdict.overall).toBe('no data')
})

test('a silent station is stale, says so, and never looks healthy', async () => {
  const line = await testLine(service, { stations: 2 })
  await past(line)
  const rollout = await testRollout(service, line)
  await rollout.confirm()
  const [canary] = await rollout.canaries()
  if (!canary) throw new Error('no canary')
  await line.run({ station: canary, deployment: line.next })
  await service.judge(line.procedure)
  expect((await rollout.station(canary)).trouble).toBeNull()
  clock.pass(2 * hour)
  await service.judge(line.procedure)
  expect((await rollout.station(canary)).trouble).toMatchObject({
    kind: 'stale',
    detail: expect.stringMatching(/^no run for /),
  })
  expect((await rollout.get()).waits_for).toContainEqual(expect.stringContaining(`${canary.name} (stale`))
  clock.pass(60_000)
  await line.run({ station: canary, deployment: line.next })
  clock.pass(60_000)
  await service.judge(line.procedure)
  expect((await rollout.station(canary)).trouble).toBeNull()
})

test('only evidence confirms: the pin, then the pickup, then the first run', async () => {
  const line = await testLine(service, { stations: 3 })
  const rollout = await testRollout(service, line)
  const [canary] = await rollout.canaries()
  if (!canary) throw new Error('no canary')
  const status = async () => {
    await service.judge(line.procedure)
    return (await rollout.station(canary)).status
  }
  clock.pass(1_000)
  expect(await status()).toBe('pinned')
  await line.run({ station: canary, deployment: line.base })
  expect(await status()).toBe('pinned')
  await line.pickup(canary, line.next, 'pulled')
  expect(await status()).toBe('pulled')
  clock.pass(1_000)
  await line.run({ station: canary, deployment: line.next })
  expect(await status()).toBe('confirmed')
})

test('a station that cannot take the build, or runs a third one, is in trouble', async () => {
  const line = await testLine(service, { stations: 2 })
  const third = await line.build('v3')
  const rollout = await testRollout(service, line, { stages: [{ target: { share: 1 } }] })
  clock.pass(1_000)
  await line.pickup(line.bench(0), line.next, 'failed', 'no space left')
  await line.run({ station: line.bench(1), deployment: third })
  await service.judge(line.procedure)
  expect((await rollout.station(line.bench(0))).trouble).toMatchObject({
    kind: 'failed',
    detail: 'no space left',
  })
  expect((await rollout.station(line.bench(1))).trouble).toMatchObject({ kind: 'drifted' })
  expect((await rollout.get()).other_runs).toBe(1)
})

test('an abort holds until every exposed station is back on base, then it is finished', async () => {
  const line = await testLine(service, { stations: 4 })
  const rollout = await testRollout(service, line, {
    stages: [{ target: { share: 0.5 } }, { target: { share: 1 } }],
  })
  await rollout.confirm()
  const [first, second] = await rollout.canaries()
  if (!first || !second) throw new Error('two canaries expected')
  clock.pass(1_000)
  expect((await rollout.verb('abort', { reason: 'bad smell' })).body.rollout.status).toBe('aborting')
  for (const bench of line.benches) expect(await line.pinned(bench)).toBe(line.base)
  clock.pass(1_000)
  await line.run({ station: first, deployment: line.base })
  await service.judge(line.procedure)
  expect((await rollout.station(first)).status).toBe('reverted')
  expect(await rollout.get()).toMatchObject({ status: 'aborting', ended_at: null })
  clock.pass(1_000)
  await line.pickup(second, line.base, 'running')
  await service.judge(line.procedure)
  expect(await rollout.get()).toMatchObject({ status: 'aborted', ended_at: clock.now() })
})

test('a run made before the swap and sent after it counts for the build that made it', async () => {
  const line = await testLine(service, { stations: 2 })
  const rollout = await testRollout(service, line)
  const [canary] = await rollout.canaries()
  if (!canary) throw new Error('no canary')
  await line.pickup(canary, line.base)
  clock.pass(60_000)
  await line.pickup(canary, line.next)
  clock.pass(60_000)
  await line.run({ station: canary, start: -90_000 })
  await line.run({ station: canary, start: -30_000 })
  const view = await rollout.get()
  expect(view.base_arm.units).toBe(1)
  expect(view.canary_arm.units).toBe(1)
})

test('a run that arrives after the stage advanced, or after the abort, counts in the window it was made in', async () => {
  const line = await testLine(service, { stations: 4 })
  const rollout = await testRollout(service, line)
  await rollout.confirm()
  const [canary] = await rollout.canaries()
  if (!canary) throw new Error('no canary')
  clock.pass(60_000)
  await rollout.onward()
  await line.run({ station: canary, deployment: line.next, start: -30_000 })
  expect((await rollout.get()).canary_arm.units).toBe(1)
  clock.pass(60_000)
  await rollout.verb('abort', { reason: 'no' })
  clock.pass(60_000)
  await line.run({ station: canary, deployment: line.base })
  for (const bench of await Promise.all(
    (await rollout.get()).stations.map((each: { id: string }) => line.benchOf(each.id)),
  ))
    await line.pickup(bench, line.base)
  await service.judge(line.procedure)
  expect((await rollout.get()).status).toBe('aborted')
  clock.pass(60_000)
  await line.run({ station: canary, deployment: line.next, start: -150_000 })
  await line.run({ station: canary, deployment: line.next, start: -1_000 })
  expect((await rollout.get()).canary_arm.units).toBe(2)
})

test('a station that joins runs base until a later stage takes it', async () => {
  const line = await testLine(service, { stations: 2 })
  const rollout = await testRollout(service, line, {
    stages: [{ target: { stations: 1 } }, { target: { share: 1 } }],
  })
  const late = await line.addBench()
  await service.judge(line.procedure)
  expect(await line.pinned(late)).toBe(line.base)
  expect((await rollout.station(late)).status).toBe('queued')
  await rollout.onward()
  expect(await line.pinned(late)).toBe(line.next)
})

test('a station unlinked in mid-rollout leaves it, the rest goes on, and an abort does not wait for it', async () => {
  const line = await testLine(service, { stations: 3 })
  const rollout = await testRollout(service, line, {
    stages: [{ target: { stations: 2 } }, { target: { share: 1 } }],
  })
  await rollout.confirm()
  const [gone, stays] = await rollout.canaries()
  if (!gone || !stays) throw new Error('two canaries expected')
  await ask('DELETE', `/api/v1/procedures/${line.procedure}/stations/${gone.id}`)
  await service.judge(line.procedure)
  expect((await rollout.station(gone)).status).toBe('left')
  expect((await rollout.events()).at(-1)).toMatchObject({
    type: 'StationLeft',
    why: 'unlinked from the procedure',
  })
  await rollout.verb('abort', { reason: 'no' })
  clock.pass(1_000)
  await line.run({ station: stays, deployment: line.base })
  await service.judge(line.procedure)
  expect((await rollout.get()).status).toBe('aborted')
})

test('a station unlinked before the judge hears of it is never pinned again', async () => {
  const line = await testLine(service, { stations: 3 })
  const rollout = await testRollout(service, line)
  await rollout.confirm()
  const [canary] = await rollout.canaries()
  if (!canary) throw new Error('no canary')
  await ask('DELETE', `/api/v1/procedures/${line.procedure}/stations/${canary.id}`)
  await rollout.verb('abort', { reason: 'no' })
  const present = await rows(
    database.db,
    sql`select 1 from pins where station_id = ${canary.id}::uuid and procedure_id = ${line.procedure}::uuid and to_at is null`,
  )
  expect(present).toEqual([])
})

test('judging again with nothing new keeps nothing and redraws nothing', async () => {
  const line = await testLine(service, { stations: 3 })
  await past(line)
  const rollout = await testRollout(service, line)
  await rollout.confirm()
  const [canary] = await rollout.canaries()
  if (!canary) throw new Error('no canary')
  await line.run({ station: canary, deployment: line.next, start: -500 })
  clock.pass(120_000)
  await service.judge(line.procedure)
  const before = queued.filter((each) => each.rolloutId === rollout.id).length
  const { verdict } = await rollout.get()
  clock.pass(1_000)
  await service.judge(line.procedure)
  expect(queued.filter((each) => each.rolloutId === rollout.id)).toHaveLength(before)
  expect((await rollout.get()).verdict).toEqual(verdict)
  const recorded = async () =>
    (await rows(database.db, sql`select 1 from verdicts where rollout_id = ${rollout.id}::uuid`)).length
  const records = await recorded()
  clock.pass(60_000)
  await service.judge(line.procedure)
  // A minute later the soak clock has moved: the card is looked at, the record of verdicts is not added to.
  expect(queued.filter((each) => each.rolloutId === rollout.id)).toHaveLength(before + 1)
  expect(await recorded()).toBe(records)
})

test('the last stage completes by itself when it is ready', async () => {
  const line = await testLine(service, { stations: 2 })
  await past(line, 200)
  const rollout = await testRollout(service, line, { stages: [{ target: { share: 1 } }] })
  await rollout.confirm()
  clock.pass(hour)
  await line.runs(
    line.benches.flatMap((station) =>
      Array.from(
        { length: 100 },
        (_, index): RunSaid => ({
          station,
          deployment: line.next,
          outcome: index % 20 === 0 ? 'FAIL' : 'PASS',
          start: -40 * 60_000 + index * 20_000,
        }),
      ),
    ),
  )
  clock.pass(10 * 60_000)
  await service.judge(line.procedure)
  expect((await rollout.get()).status).toBe('completed')
  expect((await ask('GET', `/api/v1/procedures/${line.procedure}`)).body.active_deployment_id).toBe(line.next)
})

test('a run that is still going holds back those of its arm that started after it', async () => {
  const line = await testLine(service, { stations: 3 })
  await past(line)
  const rollout = await testRollout(service, line, {
    stages: [{ target: { stations: 2 } }, { target: { share: 1 } }],
  })
  await rollout.confirm()
  const [busy, done] = await rollout.canaries()
  if (!busy || !done) throw new Error('two canaries expected')
  clock.pass(5_000)
  for (const bench of line.benches)
    await ask('POST', '/api/v1/stations/me/heartbeats', {
      token: bench.key,
      body: bench === busy ? { busy: true, run_started_at: clock.iso() } : { busy: false },
    })
  clock.pass(15_000)
  await line.run({ station: done, deployment: line.next, start: -17_000, seconds: 1 })
  await line.run({ station: done, deployment: line.next, start: -10_000, seconds: 1, outcome: 'FAIL' })
  await service.judge(line.procedure)
  const { verdict } = await rollout.get()
  expect(verdict.watermark.canary).toBe(clock.now() - 15_000)
  expect(verdict.gates[0].canary).toMatchObject({ n: 1, bad: 0 })
  await ask('POST', '/api/v1/stations/me/heartbeats', { token: busy.key, body: { busy: false } })
  await service.judge(line.procedure)
  expect((await rollout.get()).verdict.gates[0].canary).toMatchObject({ n: 2, bad: 1 })
})

test('stations that confirm together are told of together: one write and one card, an event each', async () => {
  const line = await testLine(service, { stations: 12 })
  const rollout = await testRollout(service, line, { stages: [{ target: { share: 1 } }] })
  clock.pass(60_000)
  await line.runs(line.benches.map((station) => ({ station, deployment: line.next, start: -30_000 })))
  const before = queued.length
  await service.judge(line.procedure)
  const confirmed = (await rollout.eventTypes()).filter((type) => type === 'StationConfirmed')
  expect(confirmed).toHaveLength(12)
  expect(queued.slice(before).filter(({ kind }) => kind === 'card').length).toBeLessThan(5)
})
