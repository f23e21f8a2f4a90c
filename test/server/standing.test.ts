// What keeps a station out of rollouts: held, excluded, in an experiment; before a rollout and in the middle of one.
import { describe, expect, test } from 'vitest'
import { type Bench, bareStages, type TestLine, testLine } from '../support/test-line.ts'
import { rolloutOf, testRollout } from '../support/test-rollout.ts'
import { openTestService } from '../support/test-service.ts'

const service = await openTestService()
const { ask, clock } = service
const hour = 3_600_000
const put = (bench: Bench, what: string, body: object) =>
  ask('PUT', `/api/v1/stations/${bench.id}/${what}`, { body, headers: { 'x-actor-name': 'Ines' } })
const end = (bench: Bench, what: string) => ask('DELETE', `/api/v1/stations/${bench.id}/${what}`)
const preview = async (line: TestLine, body: object = {}) =>
  ask('POST', '/api/v1/rollouts/preview', {
    body: { procedure_id: line.procedure, deployment_id: line.next, stages: bareStages, ...body },
  })
const leftOut = async (line: TestLine) => (await preview(line)).body.left_out
const statuses = async (rollout: { get(): Promise<{ stations: { name: string; status: string }[] }> }) =>
  Object.fromEntries((await rollout.get()).stations.map(({ name, status }) => [name, status]))

describe('before a rollout', () => {
  test('a hold and an exclusion have a reason and an end, and are none from that very moment', async () => {
    const line = await testLine(service, { stations: 3 })
    const [held, out] = [line.bench(0), line.bench(1)]
    const until = clock.iso(hour)
    expect((await put(held, 'hold', { reason: 'calibration', until })).body).toMatchObject({
      held: { reason: 'calibration', until },
      held_reason: 'calibration',
      excluded: null,
    })
    expect((await put(out, 'exclusion', { reason: 'drifts', until })).body.excluded).toEqual({
      reason: 'drifts',
      until,
    })
    expect(await leftOut(line)).toMatchObject([
      { name: held.name, why: `held: calibration, until ${until}` },
      { name: out.name, why: `excluded: drifts, until ${until}` },
    ])
    clock.pass(hour)
    expect(await leftOut(line)).toEqual([])
    const listed = (await ask('GET', '/api/v1/stations')).body.data
    expect(listed.find(({ id }: Bench) => id === held.id)).toMatchObject({ held: null, held_reason: null })
    expect(
      (await rolloutOf(service, line, (await line.start()).body.rollout.id).get()).stations,
    ).toHaveLength(3)
  })

  test('each is recorded with its author, and ended once', async () => {
    const line = await testLine(service, { stations: 1 })
    const bench = line.bench(0)
    await put(bench, 'hold', { reason: 'calibration' })
    await put(bench, 'exclusion', { reason: 'drifts' })
    for (const what of ['hold', 'hold', 'exclusion']) expect((await end(bench, what)).status).toBe(200)
    await ask('PATCH', `/api/v1/stations/${bench.id}`, { body: { held_reason: 'as before' } })
    const { data } = (await ask('GET', `/api/v1/stations/${bench.id}/events`)).body
    expect(data.map(({ type, why, by }: Record<string, { name: string }>) => [type, why, by?.name])).toEqual([
      ['held', 'as before', 'API'],
      ['taken back in', null, 'API'],
      ['given back', null, 'API'],
      ['excluded', 'drifts', 'Ines'],
      ['held', 'calibration', 'Ines'],
      ['registered', null, 'API'],
    ])
  })

  test.each([
    ['no reason', {}, 'reason'],
    ['a blank reason', { reason: ' ' }, 'reason'],
    ['an end that is no time', { reason: 'x', until: 'Monday' }, 'until'],
    ['an end in the past', { reason: 'x', until: '2020-01-01T00:00:00Z' }, 'until'],
    ['a key that nobody knows', { reason: 'x', untli: '2030-01-01T00:00:00Z' }, 'untli'],
  ])('a hold with %s is refused by name', async (_name, body, field) => {
    const line = await testLine(service, { stations: 1 })
    expect(await put(line.bench(0), 'hold', body)).toMatchObject({
      status: 422,
      body: { message: expect.stringContaining(field) },
    })
  })

  test('canaries picked by hand that cannot take part are refused by name, in a preview and at the start', async () => {
    const line = await testLine(service, { stations: 5 })
    const other = await testLine(service, { stations: 1 })
    const [held, out, lab, , fine] = line.benches as [Bench, Bench, Bench, Bench, Bench]
    await put(held, 'hold', { reason: 'calibration' })
    await put(out, 'exclusion', { reason: 'drifts' })
    await put(lab, 'experiment', { experiment: 'thermal soak', reason: 'week 47' })
    const unknown = '00000000-0000-4000-8000-000000000000'
    const hand_picked = [held.id, out.id, lab.id, other.bench(0).id, unknown, fine.id]
    const answers = [await preview(line, { hand_picked }), await line.start({ hand_picked })]
    for (const answer of answers) {
      expect(answer).toMatchObject({ status: 422, body: { code: 'invalid' } })
      for (const part of [
        `${held.name} is held: calibration`,
        `${out.name} is excluded: drifts`,
        `${lab.name} is in the experiment thermal soak`,
        `${other.bench(0).name} does not run`,
        `there is no station ${unknown}`,
      ])
        expect(answer.body.message).toContain(part)
      expect(answer.body.message).not.toContain(fine.name)
    }
    const started = await line.start({ stages: bareStages, hand_picked: [fine.id] })
    expect(started.status).toBe(201)
    expect((await rolloutOf(service, line, started.body.rollout.id).canaries())[0]?.id).toBe(fine.id)
  })

  test('an experiment has its stations alone: shares are of the others', async () => {
    const line = await testLine(service, { stations: 6 })
    const pool = line.benches.slice(0, 2)
    for (const bench of pool)
      expect((await put(bench, 'experiment', { experiment: 'pool', reason: 'study' })).status).toBe(200)
    expect(
      (await put(pool[0] as Bench, 'experiment', { experiment: 'pool 2', reason: 'x' })).body.message,
    ).toContain('is in the experiment pool: end that first')
    const stages = (await preview(line)).body.stages
    expect(stages.map(({ stations }: { stations: unknown[] }) => stations.length)).toEqual([1, 2, 4])
    const listed = (await ask('GET', '/api/v1/experiments')).body.data
    expect(listed).toContainEqual({
      experiment: 'pool',
      stations: pool.map(({ id, name }) => ({ id, name, site: 'Lyon', line: expect.any(String) })),
    })
    // In mid-rollout it cannot take more; when it ends, its stations join at the next stage.
    const rollout = await testRollout(service, line)
    const [canary] = await rollout.canaries()
    expect(await put(canary as Bench, 'experiment', { experiment: 'pool', reason: 'x' })).toMatchObject({
      status: 409,
      body: { message: expect.stringMatching(/is in the live rollout of .* v2 \(active\): exclude it/) },
    })
    expect((await ask('DELETE', '/api/v1/experiments/POOL')).status).toBe(200)
    expect((await ask('DELETE', '/api/v1/experiments/POOL')).status).toBe(404)
    await service.judge(line.procedure)
    expect((await rollout.get()).stations).toHaveLength(6)
    await rollout.onward()
    expect(await rollout.canaries()).toHaveLength(3)
  })
})

describe('in the middle of a rollout', () => {
  test('a held station is passed over while it waits, and comes back when the hold is over', async () => {
    const line = await testLine(service, { stations: 5 })
    const rollout = await testRollout(service, line)
    const [canary] = await rollout.canaries()
    const waiting = line.benches.filter(({ id }) => id !== canary?.id)
    const held = waiting[0] as Bench
    await put(held, 'hold', { reason: 'calibration', until: clock.iso(hour) })
    await put(canary as Bench, 'hold', { reason: 'new fixture' })
    await rollout.confirm()
    expect(await rollout.station(held)).toMatchObject({
      status: 'left',
      left_because: expect.stringMatching(/^held: calibration, until /),
    })
    expect(await line.pinned(canary as Bench)).toBe(line.next)
    // Half of the four that remain.
    await rollout.onward()
    expect(await rollout.canaries()).toHaveLength(2)
    clock.pass(hour)
    await service.judge(line.procedure)
    expect((await rollout.station(held)).status).toBe('queued')
    await rollout.onward()
    expect(await rollout.canaries()).toHaveLength(5)
  })

  test('an excluded station goes back to base, counts in neither arm, and an abort waits for it', async () => {
    const line = await testLine(service, { stations: 4 })
    const rollout = await testRollout(service, line, {
      stages: [{ target: { share: 0.5 } }, { target: { share: 1 } }],
    })
    const [out, stays] = (await rollout.canaries()) as [Bench, Bench]
    await rollout.confirm()
    await line.runs([
      { station: out, deployment: line.next, unit: 'before' },
      { station: stays, deployment: line.next },
    ])
    expect((await rollout.get()).canary_arm.units).toBe(2)

    clock.pass(60_000)
    await put(out, 'exclusion', { reason: 'broken probe' })
    await service.judge(line.procedure)
    expect(await line.pinned(out)).toBe(line.base)
    expect(await rollout.station(out)).toMatchObject({
      status: 'left',
      left_because: 'excluded: broken probe; not seen back on base yet',
    })

    await line.runs([
      // Late, of before it was excluded: it counts as it would have.
      { station: out, deployment: line.next, unit: 'late', start: -60_000 },
      { station: out, deployment: line.next, unit: 'after', start: 1_000 },
    ])
    const counted = async () => {
      const { canary_arm, base_arm } = await rollout.get()
      return [canary_arm.units, base_arm.units]
    }
    expect(await counted()).toEqual([3, 0])

    await rollout.verb('abort', { reason: 'bad build' })
    expect(await statuses(rollout)).toMatchObject({ [out.name]: 'reverting', [stays.name]: 'reverting' })
    clock.pass(60_000)
    await line.runs([{ station: stays, deployment: line.base }])
    await service.judge(line.procedure)
    expect((await rollout.get()).status).toBe('aborting')
    await line.runs([{ station: out, deployment: line.base }])
    clock.pass(1_000)
    await service.judge(line.procedure)
    expect((await rollout.get()).status).toBe('aborted')
    // On base it was excluded still; the run of the other one is counted.
    expect(await counted()).toEqual([3, 1])
  })

  test('an excluded station that was seen on base comes back at the next stage, and counts again from then', async () => {
    const line = await testLine(service, { stations: 3 })
    const rollout = await testRollout(service, line)
    const [out] = (await rollout.canaries()) as [Bench]
    await rollout.confirm()
    await put(out, 'exclusion', { reason: 'broken probe' })
    await service.judge(line.procedure)
    clock.pass(1_000)
    await line.runs([{ station: out, deployment: line.base }])
    await service.judge(line.procedure)
    expect((await rollout.station(out)).left_because).toBe('excluded: broken probe')
    clock.pass(1_000)
    await end(out, 'exclusion')
    await service.judge(line.procedure)
    expect((await rollout.station(out)).status).toBe('queued')
    expect((await rollout.get()).base_arm.units).toBe(0)
    clock.pass(1_000)
    await line.runs([{ station: out, deployment: line.base }])
    expect((await rollout.get()).base_arm.units).toBe(1)
    await rollout.onward()
    expect((await rollout.canaries()).map(({ id }) => id)).toContain(out.id)
  })

  test('a rollout completes without the held station, which keeps what it runs', async () => {
    const line = await testLine(service, { stations: 3 })
    const rollout = await testRollout(service, line, {
      stages: [{ target: { stations: 1 } }, { target: { share: 1 } }],
    })
    const [canary] = await rollout.canaries()
    const held = line.benches.find(({ id }) => id !== canary?.id) as Bench
    await put(held, 'hold', { reason: 'calibration' })
    await rollout.confirm()
    await rollout.onward()
    await rollout.confirm()
    await rollout.onward()
    expect((await rollout.get()).status).toBe('completed')
    expect(await line.pinned(held)).toBe(line.base)
    const { active_deployment_id } = (await ask('GET', `/api/v1/procedures/${line.procedure}`)).body
    expect(active_deployment_id).toBe(line.next)
  })
})
