// Runs by TofuPilot's interface: what is refused and how, what a list answers, and one run whole.
import { expect, test } from 'vitest'
import { runNumber } from '../../../server/domain/tofupilot/run-number.ts'
import { makeRunId } from '../../../server/run-id.ts'
import { testLine } from '../../support/test-line.ts'
import { adminToken, openTestService } from '../../support/test-service.ts'

const service = await openTestService()
const { ask, clock } = service
const line = await testLine(service, { stations: 2 })
const [own, other] = [line.bench(0), line.bench(1)]
const unlinked = await ask('POST', '/api/v1/stations', { body: { name: 'Unlinked' } })
const nowhere = '00000000-0000-4000-8000-000000000009'

const post = (body: unknown, token = own.key) => ask('POST', '/api/v2/runs', { token, body })
const list = (query: string) => ask('GET', `/api/v2/runs?procedure_ids=${line.procedure}&${query}`)
const serials = (answer: { body: { data: { unit: { serial_number: string } }[] } }) =>
  answer.body.data.map((run) => run.unit.serial_number)

test('200 not 201, with nothing but the id', async () => {
  const answer = await post(line.runBody({ unit: 'SN-200' }))
  expect([answer.status, Object.keys(answer.body)]).toEqual([200, ['id']])
})

test('a replayed POST makes one run, whatever the case of its serial and the door that it comes by', async () => {
  const body = line.runBody({ unit: 'SN-twice' })
  const first = await post(body)
  const again = await Promise.all([
    post(body),
    post({ ...body, serial_number: 'sn-TWICE' }),
    line.run({ station: own, unit: 'SN-twice' }),
  ])
  expect(again.map((answer) => answer.body.id)).toEqual(Array(3).fill(first.body.id))
})

test('ABORTED then PASS is a first pass, and a station of its own kind of client changes nothing of that', async () => {
  await post(line.runBody({ unit: 'SN-first', outcome: 'ABORTED' }))
  await post(line.runBody({ unit: 'SN-first', outcome: 'PASS', start: 60_000 }))
  const runs = await ask('GET', `/api/v1/procedures/${line.procedure}/units/sn-first/runs`)
  expect(runs.body.data.map((run: { attempt: number | null }) => run.attempt)).toEqual([null, 1])
})

test.each([
  ['no key', null, {}, 401, 'UNAUTHORIZED', 'Expected'],
  ['a wrong key', 'nobody', {}, 401, 'UNAUTHORIZED', 'station key'],
  ['an unlinked station', 'unlinked', {}, 403, 'FORBIDDEN', 'not authorized'],
  [
    'an unknown procedure, by a station',
    'own',
    { procedure_id: nowhere },
    403,
    'FORBIDDEN',
    'not authorized',
  ],
  [
    'an unknown procedure, by a user',
    'user',
    { procedure_id: nowhere, station_name: own.name },
    404,
    'NOT_FOUND',
    'Procedure not found',
  ],
  ['no station, by a user', 'user', {}, 400, 'BAD_REQUEST', 'station_id: expected'],
  ['an unknown station, by a user', 'user', { station_name: 'FCT-00' }, 404, 'NOT_FOUND', 'FCT-00'],
  ['a blank serial', 'own', { serial_number: ' ' }, 400, 'BAD_REQUEST', 'serial number'],
  [
    'an end before the start',
    'own',
    { ended_at: clock.iso(-1000) },
    422,
    'UNPROCESSABLE_CONTENT',
    'ended_at',
  ],
])('%s is answered in the clients’ terms', async (_what, who, more, status, code, said) => {
  const token =
    who === 'own' ? own.key : who === 'user' ? adminToken : who === 'unlinked' ? unlinked.body.key : who
  const answer = await ask('POST', '/api/v2/runs', { token, body: { ...line.runBody({}), ...more } })
  expect(answer).toMatchObject({ status, body: { code, message: expect.stringContaining(said) } })
  if (status === 400 && who === 'own') expect(answer.body.issues[0].message).toContain(said)
})

test('a user reports for a station that it names in the body or in its metadata', async () => {
  for (const more of [
    { station_id: other.id },
    { station_name: other.name.toLowerCase() },
    { metadata: { station_name: other.name } },
  ]) {
    const { body } = await post({ ...line.runBody({}), ...more }, adminToken)
    expect((await ask('GET', `/api/v2/runs/${body.id}`)).body.created_by_station).toEqual({
      id: other.id,
      name: other.name,
    })
  }
})

test('the body tells an old run from a native one, and each is refused in its own shape', async () => {
  const v1 = (body: unknown) => ask('POST', '/api/v1/runs', { token: own.key, body })
  const old = await v1({
    unit_under_test: { serial_number: '' },
    run_passed: true,
    procedure_id: line.procedure,
  })
  expect(old).toMatchObject({
    status: 400,
    body: { code: 'BAD_REQUEST', error: { message: expect.stringContaining('serial number') } },
  })
  // The client shows the message of an error of exactly this type alone.
  expect(old.headers['content-type']).toBe('application/json')
  const native = await v1({ ...line.runBody({}), serial_number: '' })
  expect(native).toMatchObject({ status: 422, body: { code: 'invalid' } })
  expect(native.body).not.toHaveProperty('error')
  const nobody = await ask('POST', '/api/v1/runs', {
    token: 'nobody',
    body: { unit_under_test: { serial_number: 'S' }, run_passed: true },
  })
  // Before its body is read nobody knows which client it is: both can read the answer.
  expect(nobody).toMatchObject({
    status: 401,
    body: { code: 'unauthorized', message: expect.any(String), error: { message: expect.any(String) } },
    headers: { 'content-type': 'application/json' },
  })
  const unnamed = await v1({ unit_under_test: { serial_number: 'S' }, run_passed: true })
  expect(unnamed).toMatchObject({ status: 400, body: { message: expect.stringContaining('procedure_id') } })
  const unknown = await v1({
    unit_under_test: { serial_number: 'S' },
    run_passed: true,
    procedure_name: 'Nothing',
  })
  expect(unknown).toMatchObject({ status: 403, body: { message: expect.stringContaining('not authorized') } })
})

test('a body over the limit is a 413, in the shape that either client reads', async () => {
  const body = { ...line.runBody({}), docstring: 'x'.repeat(9_000_000) }
  expect(await post(body)).toMatchObject({
    status: 413,
    body: { code: 'PAYLOAD_TOO_LARGE', message: expect.stringContaining('at most 8388608 bytes, got 9') },
  })
  expect(
    await ask('POST', '/api/v1/runs', { token: own.key, body: { ...body, unit_under_test: {} } }),
  ).toMatchObject({
    status: 413,
    body: { message: expect.any(String), error: { message: expect.any(String) } },
  })
})

test('over a real connection the sender of too large a body comes to read why, and goes on with the same connection', async () => {
  const url = await service.app.listen({ port: 0, host: '127.0.0.1' })
  const headers = { authorization: `Bearer ${own.key}`, 'content-type': 'application/json' }
  const body = JSON.stringify({ ...line.runBody({}), docstring: 'x'.repeat(9_000_000) })
  for (const path of ['/api/v2/runs', '/api/v1/runs']) {
    const answer = await fetch(`${url}${path}`, { method: 'POST', headers, body })
    expect([answer.status, answer.headers.get('connection') === 'close']).toEqual([413, false])
    expect(await answer.json()).toHaveProperty('message')
  }
})

test('a million-phase run is refused at once with the limit and what came, at every door', async () => {
  const crowd = { ...line.runBody({}), phases: Array(300_000).fill({}) }
  expect(await post(crowd)).toMatchObject({
    status: 400,
    body: { issues: [{ message: expect.stringContaining('at most 10,000 phases, got 300,000') }] },
  })
  const native = await ask('POST', '/api/v1/runs', { token: own.key, body: crowd })
  expect(native).toMatchObject({ status: 422, body: { message: expect.stringContaining('got 300,000') } })
  const batch = await ask('POST', '/api/v1/runs/batch', {
    token: own.key,
    body: { runs: [crowd, line.runBody({})] },
  })
  expect(batch.body.results.map((result: { status: number }) => result.status)).toEqual([422, 200])
  const old = {
    unit_under_test: { serial_number: 'S' },
    run_passed: true,
    procedure_id: line.procedure,
    phases: crowd.phases,
  }
  expect((await ask('POST', '/api/v1/runs', { token: own.key, body: old })).body.error.message).toContain(
    '10,000 phases',
  )
})

test('a run is read whole: phases, measurements with their limits, and logs, whatever shape they were sent in', async () => {
  const { body } = await post({
    ...line.runBody({ unit: 'SN-whole', outcome: 'FAIL', deployment: line.base }),
    procedure_version: '1.4.2',
    part_number: 'PCB-100',
    revision_number: 'B',
    batch_number: 'LOT-7',
    operated_by: 'op@acme.example',
    docstring: 'rework',
    sub_units: ['SN-SUB'],
    phases: [
      {
        name: 'rails',
        outcome: 'FAIL',
        started_at: '2026-05-22T06:00:00',
        ended_at: '2026-05-22T06:00:03.5Z',
        measurements: [{ name: '3v3', outcome: 'FAIL', measured_value: 3.1, units: 'V', lower_limit: 3.2 }],
      },
      {
        name: 'odd',
        outcome: 'TIMEOUT',
        measurements: { m: { measured_value: [1, 2], validators: ['1 <= x'] } },
      },
    ],
    logs: [
      {
        level: 'INFO',
        timestamp: '2026-05-22T06:00:00Z',
        message: 'start',
        source_file: 'fct.py',
        line_number: 12,
      },
    ],
  })
  const { body: run, status } = await ask('GET', `/api/v2/runs/${body.id}`)
  expect(status).toBe(200)
  expect(run).toMatchObject({
    id: body.id,
    outcome: 'FAIL',
    duration: 'PT42S',
    created_at: clock.iso(),
    procedure: { id: line.procedure, version: { tag: '1.4.2' } },
    unit: {
      serial_number: 'SN-whole',
      part: { number: 'PCB-100', revision: { number: 'B' } },
      batch: { number: 'LOT-7' },
    },
    docstring: 'rework',
    operated_by: { email: 'op@acme.example' },
    created_by_station: { id: own.id, name: own.name },
    sub_units: [{ serial_number: 'SN-SUB' }],
    phases: [
      {
        name: 'rails',
        started_at: '2026-05-22T06:00:00.000Z',
        duration: 'PT3.5S',
        retry_count: 0,
        measurements: [
          {
            name: '3v3',
            outcome: 'FAIL',
            measured_value: 3.1,
            units: 'V',
            validators: [{ operator: '>=', expected_value: 3.2, expression: 'x >= 3.2' }],
          },
        ],
      },
      {
        name: 'odd',
        outcome: 'ERROR',
        measurements: [
          {
            name: 'm',
            outcome: 'UNSET',
            measured_value: [1, 2],
            validators: [{ expression: '1 <= x', is_expression_only: true }],
          },
        ],
      },
    ],
    logs: [{ level: 'INFO', message: 'start', source_file: 'fct.py', line_number: 12 }],
  })
  expect(await ask('GET', `/api/v2/runs/${nowhere}`)).toMatchObject({
    status: 404,
    body: { code: 'NOT_FOUND' },
  })
  expect(await ask('GET', '/api/v2/runs/7')).toMatchObject({ status: 400, body: { code: 'BAD_REQUEST' } })
  expect(await ask('GET', `/api/v2/runs/${body.id}`, { token: own.key })).toMatchObject({
    status: 403,
    body: { code: 'FORBIDDEN' },
  })
  const old = await ask('GET', '/api/v1/runs?serial_number=sn-WHOLE', { token: own.key })
  expect(old.body).toMatchObject([
    {
      id: body.id,
      procedure_version: { value: '1.4.2' },
      unit: { revision: { identifier: 'B', component: { part_number: 'PCB-100' } } },
    },
  ])
  expect(
    (await ask('GET', '/api/v1/runs?serial_number=sn-WHOLE', { token: unlinked.body.key })).body,
  ).toEqual([])
  expect(await ask('GET', '/api/v1/runs', { token: own.key })).toMatchObject({
    status: 400,
    body: { error: { message: expect.any(String) } },
  })
})

test('a list is filtered by all that clients filter by', async () => {
  const at = (minutes: number) => clock.iso(minutes * 60_000)
  const started = (minutes: number) => ({ start: minutes * 60_000 })
  const bodies = [
    {
      ...line.runBody({ unit: 'L-1', ...started(100), seconds: 5, deployment: line.base }),
      part_number: 'A-1',
    },
    line.runBody({ unit: 'L-2', ...started(101), outcome: 'FAIL', seconds: 3, deployment: line.next }),
    {
      ...line.runBody({ unit: 'L-3', ...started(102), outcome: 'ERROR', seconds: 9 }),
      procedure_version: '2.0',
    },
  ]
  for (const body of bodies) expect((await post(body)).status).toBe(200)
  await post(line.runBody({ unit: 'L-4', ...started(103) }), other.key)
  const from = `started_after=${at(100)}`
  expect(serials(await list(from))).toEqual(['L-4', 'L-3', 'L-2', 'L-1'])
  expect(serials(await list(`${from}&outcomes=FAIL&outcomes=ERROR`))).toEqual(['L-3', 'L-2'])
  expect(serials(await list(`${from}&started_before=${at(101)}&sort_order=asc`))).toEqual(['L-1', 'L-2'])
  expect(serials(await list(`${from}&deployment_ids=${line.base}&deployment_ids=${line.next}`))).toEqual([
    'L-2',
    'L-1',
  ])
  expect(serials(await list(`${from}&created_by_station_ids=${other.id}`))).toEqual(['L-4'])
  expect(serials(await list(`${from}&serial_numbers=l-1`))).toEqual(['L-1'])
  expect(serials(await list(`${from}&part_numbers=a-1`))).toEqual(['L-1'])
  expect(serials(await list(`${from}&procedure_versions=2.0`))).toEqual(['L-3'])
  expect(serials(await list(`${from}&sort_by=duration`))).toEqual(['L-4', 'L-3', 'L-1', 'L-2'])
  expect(serials(await list(`${from}&sort_by=serial_number&sort_order=asc`))).toEqual([
    'L-1',
    'L-2',
    'L-3',
    'L-4',
  ])
  expect(serials(await ask('GET', `/api/v2/runs?procedure_ids=${nowhere}`))).toEqual([])
  expect(await list('search_query=x')).toMatchObject({
    status: 400,
    body: { message: expect.stringContaining('search_query') },
  })
  expect(await list('limit=1000')).toMatchObject({ status: 400, body: { code: 'BAD_REQUEST' } })
  expect(await list('started_after=yesterday')).toMatchObject({ status: 400 })
})

test.each(['started_at', 'created_at', 'duration', 'outcome', 'serial_number'])(
  'pages by %s hold each run once, also when runs arrive between them, and many start in one moment',
  async (by) => {
    const mark = `P${by}`
    const day = 86_400_000 * 40
    const unit = (index: number) => `${mark}-${String(index).padStart(2, '0')}`
    const bodies = Array.from({ length: 20 }, (_, index) =>
      line.runBody({
        unit: unit(index),
        start: -day + Math.floor(index / 5) * 1000,
        seconds: (index % 4) + 1,
      }),
    )
    for (const body of bodies) expect((await post(body)).status).toBe(200)
    const units = Array.from({ length: 40 }, (_, index) => `serial_numbers=${unit(index)}`).join('&')
    const seen: string[] = []
    let next = ''
    for (let pages = 0; pages < 20; pages++) {
      const answer = await list(`${units}&sort_by=${by}&sort_order=desc&limit=3${next}`)
      expect(answer.status).toBe(200)
      seen.push(...serials(answer))
      // A late one, which belongs before what has been seen, shifts nothing.
      await post(line.runBody({ unit: unit(20 + pages), start: -day + 9000, seconds: 60 }))
      if (!answer.body.meta.has_more) break
      // The Python client sends it as a float.
      next = `&cursor=${answer.body.meta.next_cursor}.0`
    }
    const first = bodies.map((body) => body.serial_number)
    expect(seen.filter((serial) => first.includes(serial)).toSorted()).toEqual(first)
    expect(new Set(seen).size).toBe(seen.length)
  },
)

test.each(['started_at', 'serial_number'])(
  'runs that share a number are all there, each once, in pages by %s',
  async (by) => {
    const startedAt = clock.now() - 50 * 86_400_000
    const key = { stationId: own.id, procedureId: line.procedure, startedAt }
    const numbers = new Map<number, string>()
    let twins: string[] = []
    for (let index = 0; twins.length === 0; index++) {
      const unit = `twin-${by}-${index}`
      const number = runNumber(makeRunId({ ...key, unit }))
      const before = numbers.get(number)
      if (before !== undefined) twins = [before, unit]
      numbers.set(number, unit)
    }
    // One that stands between them, or beside.
    const units = [...twins, `${twins[0]}-between`].toSorted()
    for (const unit of units)
      expect((await post(line.runBody({ unit, start: startedAt - clock.now() }))).status).toBe(200)
    const seen: string[] = []
    let next = ''
    for (let pages = 0; pages < 5; pages++) {
      const serialNumbers = units.map((unit) => `serial_numbers=${unit}`).join('&')
      const answer = await list(`${serialNumbers}&sort_by=${by}&sort_order=asc&limit=1${next}`)
      seen.push(...serials(answer))
      if (!answer.body.meta.has_more) break
      next = `&cursor=${answer.body.meta.next_cursor}`
    }
    expect(seen.toSorted()).toEqual(units)
  },
)

test('a cursor that was never answered is refused', async () => {
  for (const cursor of ['7', '1.5', 'x'])
    expect(await list(`cursor=${cursor}`)).toMatchObject({ status: 400, body: { code: 'BAD_REQUEST' } })
})

test('what there is not is told in the clients’ shape', async () => {
  expect(await ask('GET', '/api/v2/nothing')).toMatchObject({
    status: 404,
    body: { code: 'NOT_FOUND', message: expect.stringContaining('/api/v2/nothing') },
  })
  expect((await ask('GET', '/api/v1/nothing')).body.code).toBe('not_found')
})
