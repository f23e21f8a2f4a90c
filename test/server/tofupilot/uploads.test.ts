// Test records of OpenHTF: put at a signed address without a key, imported once; and attachments, which are not kept.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { testLine } from '../../support/test-line.ts'
import { adminToken, openTestService } from '../../support/test-service.ts'

const service = await openTestService()
const { app, ask, clock } = service
const line = await testLine(service, { stations: 2 })
const [own, other] = [line.bench(0), line.bench(1)]
const record = JSON.parse(readFileSync('test/fixtures/clients/openhtf-error.json', 'utf8'))
const recordOf = (serial: string | null, more: object = {}) => ({
  ...record,
  dut_id: serial,
  metadata: { ...record.metadata, procedure_id: line.procedure, deployment_id: line.base },
  ...more,
})

const initialize = async (name = 'x.json') =>
  (await ask('POST', '/api/v1/uploads/initialize', { token: own.key, body: { name } })).body
const put = (url: string, content: string | object, type = 'application/json') =>
  app.inject({
    method: 'PUT',
    url: url.replace(/^https?:\/\/[^/]+/, ''),
    headers: { 'content-type': type },
    payload: content,
  })
const importIt = (id: string, token = own.key) =>
  ask('POST', '/api/v1/import', {
    token,
    body: { upload_id: id, importer: 'OPENHTF', client: 'Python', client_version: '2' },
  })
const imported = async (content: string | object) => {
  const { uploadUrl, id } = await initialize()
  expect((await put(uploadUrl, content)).statusCode).toBe(200)
  return importIt(id)
}
const runOf = async (id: string) => (await ask('GET', `/api/v2/runs/${id}`)).body
const units = async (serial: string) =>
  (await ask('GET', `/api/v2/runs?serial_numbers=${serial}`)).body.data.length

test('a record is one run of its station and build, however often it is imported or put anew', async () => {
  const { uploadUrl, id } = await initialize()
  expect(uploadUrl).toMatch(/^http:\/\/localhost(:80)?\/api\/v1\/uploads\//)
  expect((await put(uploadUrl, recordOf('HTF-once'))).statusCode).toBe(200)
  const first = await importIt(id)
  expect(first.status).toBe(200)
  expect((await importIt(id)).body).toEqual(first.body)
  expect((await imported(recordOf('htf-ONCE'))).body).toEqual(first.body)
  expect(await units('HTF-once')).toBe(1)
  expect(await runOf(first.body.id)).toMatchObject({
    outcome: 'ERROR',
    created_by_station: { id: own.id },
    unit: { serial_number: 'HTF-once', part: { number: 'PCB-100' } },
    phases: [{ name: 'trigger_phase' }, { name: 'power_rails', measurements: [{ units: 'V' }] }],
  })
  const attributed = await ask('GET', `/api/v1/procedures/${line.procedure}/units/htf-once/runs`)
  expect(attributed.body.data).toMatchObject([{ attributed_by: 'metadata', deployment: { id: line.base } }])
})

test('the address is good for one file and ten minutes, and for nothing else', async () => {
  const { uploadUrl } = await initialize()
  const refused = async (url: string) => {
    const answer = await put(url, recordOf('HTF-address'))
    return [answer.statusCode, answer.json().code]
  }
  const { uploadUrl: elsewhere } = await initialize()
  const id = (url: string) => new URL(url).pathname
  expect(await refused(uploadUrl.replace(id(uploadUrl), id(elsewhere)))).toEqual([403, 'FORBIDDEN'])
  expect(await refused(uploadUrl.replace(/until=\d+/, 'until=9999999999999'))).toEqual([403, 'FORBIDDEN'])
  expect(await refused(id(uploadUrl))).toEqual([403, 'FORBIDDEN'])
  expect(await refused(uploadUrl.replace(/uploads\/[^?]+/, 'uploads/none'))).toEqual([403, 'FORBIDDEN'])
  expect((await put(uploadUrl, recordOf('HTF-address'))).statusCode).toBe(200)
  expect(await refused(uploadUrl)).toEqual([409, 'CONFLICT'])
  clock.pass(10 * 60_000)
  expect(await refused(elsewhere)).toEqual([403, 'FORBIDDEN'])
})

test('only its own station imports an upload, once its file has come', async () => {
  const { uploadUrl, id } = await initialize()
  expect(await importIt(id)).toMatchObject({
    status: 409,
    body: { code: 'CONFLICT', error: { message: expect.stringContaining('uploadUrl') } },
  })
  await put(uploadUrl, recordOf('HTF-own'))
  expect((await importIt(id, other.key)).status).toBe(404)
  expect((await importIt(id, adminToken)).status).toBe(403)
  expect((await importIt(id)).status).toBe(200)
  expect(
    await ask('POST', '/api/v1/uploads/initialize', { token: 'nobody', body: { name: 'x' } }),
  ).toMatchObject({
    status: 401,
    body: { error: { message: expect.any(String) } },
  })
})

test('a record without a unit is kept as aborted, outside of yield', async () => {
  const { body, status } = await imported(recordOf(null))
  expect(status).toBe(200)
  expect(await runOf(body.id)).toMatchObject({ outcome: 'ABORTED', unit: { serial_number: '' } })
  const procedure = await ask('GET', `/api/v2/procedures/${line.procedure}`)
  expect(procedure.body.recent_runs.find((run: { id: string }) => run.id === body.id)).toMatchObject({
    unit: null,
  })
})

test('a record may hold NaN, as Python writes it', async () => {
  const text = JSON.stringify(recordOf('HTF-nan')).replace('"measured_value":3.3', '"measured_value":NaN')
  expect(text).toContain(':NaN}')
  const { body, status } = await imported(text)
  expect(status).toBe(200)
  expect((await runOf(body.id)).phases[1].measurements[0]).not.toHaveProperty('measured_value')
})

test.each([
  ['is no JSON', 'nothing'],
  ['is no test record', { a: 1 }],
  ['names no procedure', { ...record, metadata: {} }],
])('a file that %s is refused with why, and may be asked about again', async (_what, content) => {
  const answer = await imported(content)
  expect(answer).toMatchObject({
    status: 400,
    body: { code: 'BAD_REQUEST', error: { message: expect.any(String) } },
  })
})

test('attachments are taken, linked and not kept', async () => {
  const run = (await imported(recordOf('HTF-attachment'))).body.id
  const { uploadUrl, id } = await initialize('scope.png')
  expect((await put(uploadUrl, Buffer.from([0, 1, 255]) as never, 'image/png')).statusCode).toBe(200)
  const sync = await ask('POST', '/api/v1/uploads/sync', {
    token: own.key,
    body: { upload_id: id, run_id: run },
  })
  expect(sync.status).toBe(200)
  expect((await runOf(run)).attachments).toEqual([])
  const huge = { name: 'x', sizeBytes: 100_000_000 }
  expect(await ask('POST', '/api/v1/uploads/initialize', { token: own.key, body: huge })).toMatchObject({
    status: 413,
    body: { code: 'PAYLOAD_TOO_LARGE' },
  })
})

test('there is no live stream, which the integration takes as an answer', async () => {
  expect(await ask('GET', '/api/v1/streaming', { token: own.key })).toMatchObject({
    status: 404,
    body: { code: 'NOT_FOUND', error: { message: expect.stringContaining('no route /api/v1/streaming') } },
  })
})
