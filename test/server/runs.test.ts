// Runs as stations report them.
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { rows } from '../../db/client.ts'
import { testLine } from '../support/test-line.ts'
import { openTestService } from '../support/test-service.ts'

const service = await openTestService()
const { ask, database } = service
const line = await testLine(service, { stations: 2 })
const station = line.bench(0)
const post = (body: unknown) => ask('POST', '/api/v1/runs', { token: station.key, body })
const batch = (runs: unknown[], token = station.key) =>
  ask('POST', '/api/v1/runs/batch', { token, body: { runs } })

type Stored = { id: string; serial: string; unit: string; started: number; zoneless: boolean; detail: object }
const stored = async (unit: string) =>
  rows<Stored>(
    database.db,
    sql`select id::text as id, serial, unit, (extract(epoch from started_at) * 1000)::float8 as started, zoneless, detail
        from runs where procedure_id = ${line.procedure}::uuid and unit = ${unit.toLowerCase()} order by started_at`,
  )

test('a run is answered with exactly 200 and its id, and kept with all that came with it', async () => {
  const answer = await post({
    ...line.runBody({ unit: 'SN-Whole' }),
    operated_by: 'ana@line.test',
    phases: [{ name: 'power' }],
  })
  expect(answer.status).toBe(200)
  expect(answer.body).toEqual({ id: expect.stringMatching(/^[0-9a-f-]{36}$/) })
  expect(await stored('sn-whole')).toMatchObject([
    {
      id: answer.body.id,
      serial: 'SN-Whole',
      detail: { operated_by: 'ana@line.test', phases: [{ name: 'power' }] },
    },
  ])
})

test('a replayed run is one run, whatever the case of its serial and the zone of its time', async () => {
  const body = line.runBody({ unit: 'SN-Again' })
  const first = await post(body)
  const replays = await Promise.all([
    post(body),
    post({ ...body, serial_number: 'sn-AGAIN ' }),
    post({ ...body, started_at: '2026-05-22T08:00:00+02:00' }),
    post({ ...body, started_at: '2026-05-22T06:00:00.000000Z', outcome: 'FAIL' }),
  ])
  for (const replay of replays) expect(replay).toMatchObject({ status: 200, body: { id: first.body.id } })
  expect(await stored('SN-Again')).toHaveLength(1)
})

test('the same serial at the same moment on another station is another run', async () => {
  const body = line.runBody({ unit: 'SN-Both' })
  const other = await ask('POST', '/api/v1/runs', { token: line.bench(1).key, body })
  expect((await post(body)).body.id).not.toBe(other.body.id)
  expect(await stored('SN-Both')).toHaveLength(2)
})

test.each([
  ['2026-05-22T06:00:00', '2026-05-22T06:01:00', true],
  ['2026-05-22 06:00:00.123456', '2026-05-22T06:01:00Z', true],
  ['2026-05-22T08:00:00+02:00', '2026-05-22T08:01:00+0200', false],
  ['2026-05-22T06:00:00.123456Z', '2026-05-22T06:01:00z', false],
])('%s to %s is taken as UTC unless it has a zone, and flagged', async (started_at, ended_at, flagged) => {
  const unit = `SN-${started_at}`
  const answer = await post({ ...line.runBody({ unit }), started_at, ended_at })
  expect(answer.status).toBe(200)
  expect(answer.body.warnings).toEqual(flagged ? ['times without a zone were taken as UTC'] : undefined)
  const [run] = await stored(unit)
  expect(run).toMatchObject({ zoneless: flagged })
  expect(new Date(run?.started ?? 0).toISOString().slice(0, 19)).toBe('2026-05-22T06:00:00')
})

test.each([
  ['procedure_id', { procedure_id: 'no-uuid' }],
  ['procedure_id', { procedure_id: undefined }],
  ['serial_number', { serial_number: '  ' }],
  ['serial_number', { serial_number: 'x'.repeat(1001) }],
  ['serial_number', { serial_number: 'a\u0000b' }],
  ['serial_number', { serial_number: 'half a pair \ud800' }],
  ['outcome', { outcome: 'OK' }],
  ['started_at', { started_at: 'yesterday' }],
  ['started_at', { started_at: '2026-02-30T06:00:00Z' }],
  ['ended_at', { ended_at: '2026-05-22T05:59:59Z' }],
  ['notes', { notes: { deep: ['\u0000'] } }],
])('a wrong %s is a 422 that names it', async (field, wrong) => {
  const answer = await post({ ...line.runBody({}), ...wrong })
  expect(answer).toMatchObject({
    status: 422,
    body: { code: 'invalid', message: expect.stringContaining(field) },
  })
  expect(answer.body.issues.map((issue: { path: string }) => issue.path)).toContain(field)
})

test('all faults of a run are named at once', async () => {
  const answer = await post({ outcome: 'OK', serial_number: '', procedure_id: 7 })
  expect(answer.body.issues.map((issue: { path: string }) => issue.path).sort()).toEqual([
    'ended_at',
    'outcome',
    'procedure_id',
    'serial_number',
    'started_at',
  ])
})

test('a run of a procedure that nobody knows is a 404, one that is no JSON a 400', async () => {
  const procedure_id = '00000000-0000-4000-8000-000000000000'
  expect(await post({ ...line.runBody({}), procedure_id })).toMatchObject({
    status: 404,
    body: { code: 'not_found', message: expect.stringContaining('procedure') },
  })
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${station.key}` }
  const broken = await service.app.inject({
    method: 'POST',
    url: '/api/v1/runs',
    headers,
    payload: '{"outcome":',
  })
  expect(broken.statusCode).toBe(400)
})

test('in a batch the bad runs are told, in their place, and the good ones kept', async () => {
  const good = (unit: string) => line.runBody({ unit })
  const answer = await batch([
    good('SN-b1'),
    { ...good('SN-b2'), outcome: 'OK' },
    { ...good('SN-b3'), procedure_id: '00000000-0000-4000-8000-000000000000' },
    { ...good('SN-b4'), more: 'a\u0000b' },
    { ...good('SN-b5'), more: { deep: '\ud800' } },
    'no run at all',
    good('SN-b6'),
    good('SN-b1'),
  ])
  expect(answer.status).toBe(207)
  const { results } = answer.body
  expect(results.map((result: { status: number }) => result.status)).toEqual([
    200, 422, 404, 422, 422, 422, 200, 200,
  ])
  expect(results[1].error.issues[0].path).toBe('outcome')
  expect(results[7].id).toBe(results[0].id)
  expect(await stored('SN-b1')).toHaveLength(1)
  expect(await stored('SN-b6')).toHaveLength(1)
})

test('in a batch of the admin each run names its station', async () => {
  const named = { ...line.runBody({ unit: 'SN-admin' }), station_id: line.bench(1).id }
  const { results } = (
    await ask('POST', '/api/v1/runs/batch', {
      body: { runs: [named, line.runBody({}), { ...named, station_id: line.procedure }] },
    })
  ).body
  expect(results.map((result: { status: number }) => result.status)).toEqual([200, 422, 404])
})

test('a thousand runs go in one batch, one more is refused before anything is stored', async () => {
  const runs = Array.from({ length: 1001 }, (_, index) => line.runBody({ unit: `SN-k${index}` }))
  expect((await batch(runs)).status).toBe(422)
  expect(await stored('SN-k0')).toEqual([])
  const answer = await batch(runs.slice(0, 1000))
  expect(answer.status).toBe(207)
  expect(new Set(answer.body.results.map((result: { id: string }) => result.id)).size).toBe(1000)
  expect((await batch([])).status).toBe(422)
})

test('an unlinked station still reports: what it ran is a fact', async () => {
  const away = await line.addBench()
  await ask('DELETE', `/api/v1/procedures/${line.procedure}/stations/${away.id}`)
  expect((await line.run({ station: away, unit: 'SN-away' })).status).toBe(200)
})
