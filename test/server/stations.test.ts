// Stations as they are looked up, what they tell of themselves, and clocks that are off.
import { sql } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { rows } from '../../db/client.ts'
import { type Bench, bareStages, testLine } from '../support/test-line.ts'
import { testRollout } from '../support/test-rollout.ts'
import { openTestService } from '../support/test-service.ts'

const service = await openTestService()
const { ask, clock, database } = service
const minute = 60_000
const beat = (bench: Bench, body: object) =>
  ask('POST', '/api/v1/stations/me/heartbeats', { token: bench.key, body: { busy: false, ...body } })
const record = async (bench: Bench) => (await ask('GET', `/api/v1/stations/${bench.id}`)).body

describe('a station by itself', () => {
  test('shows for each of its procedures what is desired, what it pulled and what it ran', async () => {
    const line = await testLine(service, { stations: 1 })
    const other = await testLine(service, { stations: 0 })
    const bench = line.bench(0)
    await ask('POST', `/api/v1/procedures/${other.procedure}/stations/${bench.id}`)
    const rollout = await testRollout(service, line, { stages: [{ target: { share: 1 } }] })
    const procedure = async (id: string) =>
      (await record(bench)).procedures.find((each: { id: string }) => each.id === id)
    expect(await procedure(line.procedure)).toMatchObject({
      status: 'not told yet',
      active: { version: 'v1' },
      desired: { id: line.next, version: 'v2', rollout_id: rollout.id, told_at: null },
      pulled: null,
      ran: null,
      rollout: { id: rollout.id, status: 'active', station: 'pinned' },
    })
    await line.assignments(bench)
    clock.pass(1_000)
    await line.pickup(bench, line.next, 'running')
    expect(await procedure(line.procedure)).toMatchObject({
      status: 'says it runs',
      pulled: { version: 'v2', state: 'running', at: clock.iso() },
    })
    await line.run({ station: bench, deployment: line.next, seconds: 1 })
    expect(await procedure(line.procedure)).toMatchObject({
      status: 'confirmed',
      ran: { version: 'v2', outcome: 'PASS', started_at: clock.iso() },
    })
    // A rollout of one procedure never touches the other.
    expect(await procedure(other.procedure)).toMatchObject({
      status: 'told',
      desired: { id: other.base, version: 'v1', rollout_id: null },
      rollout: null,
    })
  })

  test('is renamed and moved, never to a taken name, and the record says by whom', async () => {
    const line = await testLine(service, { stations: 2 })
    const [bench, other] = line.benches as [Bench, Bench]
    const change = (body: object) =>
      ask('PATCH', `/api/v1/stations/${bench.id}`, { body, headers: { 'x-actor-name': 'Ines' } })
    const body = { name: `${bench.name} B`, site: 'Brno', fixtures: ['bed of nails 4'] }
    expect(await change(body)).toMatchObject({ status: 200, body })
    expect(await change({ name: other.name.toLowerCase() })).toMatchObject({
      status: 409,
      body: { id: other.id },
    })
    expect((await change({ name: `${bench.name} b` })).status).toBe(200)
    const { data } = (await ask('GET', `/api/v1/stations/${bench.id}/events`)).body
    expect(data[1]).toMatchObject({ type: 'changed', by: { name: 'Ines' }, body })
  })
})

describe('stations in a list', () => {
  test('are found by site, line, tag, fixture, status and words, a page at a time', async () => {
    const line = await testLine(service, { stations: 0 })
    const site = `Site ${line.procedure.slice(0, 8)}`
    const [a, b, c] = [
      await line.addBench({ site, tags: ['rf'], fixtures: ['Chamber 1'] }),
      await line.addBench({ site, line: 'P9' }),
      await line.addBench({ site }),
    ]
    const names = async (query: string) =>
      (
        await ask('GET', `/api/v1/stations?site=${encodeURIComponent(site.toUpperCase())}&${query}`)
      ).body.data.map(({ id }: Bench) => id)
    expect(await names('')).toEqual([a.id, b.id, c.id])
    expect(await names('tag=RF')).toEqual([a.id])
    expect(await names('fixture=chamber%201')).toEqual([a.id])
    expect(await names('line=p9')).toEqual([b.id])
    expect(await names(`search=${c.name.slice(3)}`)).toEqual([c.id])
    expect(await names('status=never%20seen')).toEqual([a.id, b.id, c.id])
    await beat(a, { busy: true, run_started_at: clock.iso(-minute) })
    await beat(b, {})
    await ask('PUT', `/api/v1/stations/${c.id}/hold`, { body: { reason: 'calibration' } })
    expect(await names('status=connected')).toEqual([a.id, b.id])
    expect(await names('status=busy')).toEqual([a.id])
    expect(await names('status=held')).toEqual([c.id])
    clock.pass(61 * minute)
    expect(await names('status=busy')).toEqual([])
    expect(await names('status=silent')).toEqual([a.id, b.id])
    expect((await ask('GET', '/api/v1/stations?status=asleep')).status).toBe(422)

    const url = `/api/v1/stations?site=${encodeURIComponent(site)}&limit=2`
    const first = (await ask('GET', url)).body
    expect(first.data.map(({ id }: Bench) => id)).toEqual([a.id, b.id])
    expect(first.meta).toMatchObject({ has_more: true, next_cursor: expect.any(String) })
    const second = (await ask('GET', `${url}&cursor=${first.meta.next_cursor}`)).body
    expect(second).toMatchObject({ data: [{ id: c.id }], meta: { has_more: false, next_cursor: null } })
  })
})

describe('a clock ten minutes ahead', () => {
  test('loses no run: it is stored as it was said, with a warning that says by how much', async () => {
    const line = await testLine(service, { stations: 3 })
    const bench = line.bench(0)
    const answer = await line.run({ station: bench, unit: 'ahead', start: 9 * minute, seconds: 60 })
    expect(answer).toMatchObject({
      status: 200,
      body: { warnings: [expect.stringContaining("the station's clock is ahead by 10 min")] },
    })
    const { data } = (await ask('GET', `/api/v1/procedures/${line.procedure}/units/ahead/runs`)).body
    expect(data).toMatchObject([{ id: answer.body.id, started_at: clock.iso(9 * minute) }])
    expect(await record(bench)).toMatchObject({ clock: 'ahead by 10 min', clock_ahead_ms: 10 * minute })

    const preview = await ask('POST', '/api/v1/rollouts/preview', {
      body: { procedure_id: line.procedure, stages: bareStages, hand_picked: [bench.id] },
    })
    expect(preview.body.trouble).toEqual([
      { id: bench.id, name: bench.name, what: ['clock ahead by 10 min'] },
    ])
    const rollout = await testRollout(service, line, { hand_picked: [bench.id] })
    expect(await rollout.station(bench)).toMatchObject({
      clock_ahead_ms: 10 * minute,
      connection: { state: 'connected' },
    })
    // Put right: the next run that has just ended shows it.
    clock.pass(minute)
    await line.run({ station: bench, start: -5_000, seconds: 4 })
    expect((await record(bench)).clock).toBeNull()
  })

  test('does not prove the way back by a run of base from before the abort', async () => {
    const line = await testLine(service, { stations: 2 })
    const rollout = await testRollout(service, line)
    const [bench] = (await rollout.canaries()) as [Bench]
    await rollout.confirm()
    clock.pass(minute)
    // It began before the abort; by the station's clock, after it.
    await line.run({ station: bench, deployment: line.base, start: 10 * minute, seconds: 20 })
    clock.pass(2 * minute)
    await rollout.verb('abort', { reason: 'bad build' })
    await service.judge(line.procedure)
    expect((await rollout.get()).status).toBe('aborting')
    clock.pass(minute)
    await line.run({ station: bench, deployment: line.base, start: 10 * minute, seconds: 20 })
    await service.judge(line.procedure)
    expect((await rollout.get()).status).toBe('aborted')
  })

  test('is seen from heartbeats, and moves the start of the run in progress back to when it was', async () => {
    const line = await testLine(service, { stations: 1 })
    const bench = line.bench(0)
    const started = async () => {
      const [found] = await rows<{ at: number }>(
        database.db,
        sql`select (extract(epoch from run_started_at) * 1000)::float8 as at from stations where id = ${bench.id}::uuid`,
      )
      return found && new Date(found.at).toISOString()
    }
    const began = clock.iso()
    const said = { busy: true, run_started_at: clock.iso(10 * minute) }
    await beat(bench, said)
    expect(await started()).toBe(began)
    clock.pass(minute)
    await beat(bench, { ...said, sent_at: clock.iso(10 * minute) })
    expect(await started()).toBe(began)
    expect((await record(bench)).clock).toBe('ahead by 10 min')
    await beat(bench, { sent_at: clock.iso(-5 * minute) })
    expect((await record(bench)).clock).toBe('behind by 5 min')
    await beat(bench, { sent_at: clock.iso() })
    expect((await record(bench)).clock).toBeNull()
    expect((await beat(bench, { sent_at: 'now' })).status).toBe(422)
  })

  test('or a year: the run counts when it arrived, and what was said is kept beside', async () => {
    const line = await testLine(service, { stations: 1 })
    const bench = line.bench(0)
    const said = { station: bench, unit: 'far', start: 400 * 24 * 60 * minute, seconds: 30 }
    const answer = await line.run(said)
    expect(answer).toMatchObject({ status: 200, body: { warnings: [expect.stringContaining('400 days')] } })
    const [stored] = await rows<{ late: boolean; detail: object }>(
      database.db,
      sql`select ended_at = received_at as late, detail from runs where id = ${answer.body.id}::uuid`,
    )
    expect(stored).toMatchObject({
      late: true,
      detail: { said_times: { started_at: clock.iso(said.start) } },
    })
    clock.pass(minute)
    // The same run again is the same run.
    const again = await ask('POST', '/api/v1/runs', {
      token: bench.key,
      body: line.runBody({ ...said, start: said.start - minute }),
    })
    expect(again.body.id).toBe(answer.body.id)
  })
})

describe('errors of its own', () => {
  test('are kept with their station, the same words once, and failed pickups stand among them', async () => {
    const line = await testLine(service, { stations: 1 })
    const bench = line.bench(0)
    const error = { code: 'E42', message: 'DMM does not answer', procedure_id: line.procedure }
    expect((await beat(bench, { error, errors: [error, { message: 'door open' }] })).status).toBe(204)
    await beat(bench, { error })
    clock.pass(minute)
    await line.pickup(bench, line.next, 'failed', 'disk full')
    const { errors } = await record(bench)
    expect(errors).toMatchObject([
      { code: 'pickup failed', message: 'disk full', deployment_id: line.next, at: clock.iso() },
      expect.anything(),
      expect.anything(),
    ])
    expect(errors.map(({ message }: { message: string }) => message).sort()).toEqual([
      'DMM does not answer',
      'disk full',
      'door open',
    ])
    clock.pass(10 * minute)
    await beat(bench, { error })
    expect((await record(bench)).errors).toHaveLength(4)
    expect(await beat(bench, { error: { message: ' ' } })).toMatchObject({
      status: 422,
      body: { message: expect.stringContaining('error') },
    })
  })

  test('are bounded: a station that says too much fills no table', async () => {
    const line = await testLine(service, { stations: 1 })
    const bench = line.bench(0)
    const many = (from: number) =>
      Array.from({ length: 50 }, (_, index) => ({ message: `fault ${from + index}` }))
    await beat(bench, { errors: many(0) })
    await beat(bench, { errors: many(50) })
    const [found] = await rows<{ n: number }>(
      database.db,
      sql`select count(*)::int as n from station_errors where station_id = ${bench.id}::uuid`,
    )
    expect(found?.n).toBe(60)
  })
})

describe('a station speaks for itself alone', () => {
  test('a body that names another station is refused, and nothing of it is stored', async () => {
    const line = await testLine(service, { stations: 2 })
    const [bench, other] = line.benches as [Bench, Bench]
    const body = line.runBody({ unit: 'mixed up', more: { station_id: other.id } })
    const refused = { status: 403, body: { code: 'not_allowed', message: expect.stringContaining(other.id) } }
    expect(await ask('POST', '/api/v1/runs', { token: bench.key, body })).toMatchObject(refused)
    expect(await beat(bench, { station_id: other.id })).toMatchObject(refused)
    const own = { ...body, serial_number: 'own', station_id: bench.id }
    const label = { ...body, serial_number: 'label', station_id: 'bench 7' }
    const batch = await ask('POST', '/api/v1/runs/batch', {
      token: bench.key,
      body: { runs: [own, body, label] },
    })
    expect(batch.body.results.map(({ status }: { status: number }) => status)).toEqual([200, 403, 200])
    const { data } = (await ask('GET', `/api/v1/procedures/${line.procedure}/units/mixed%20up/runs`)).body
    expect(data).toEqual([])
  })
})
