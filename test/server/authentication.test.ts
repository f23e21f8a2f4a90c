// Who may ask for what.
import { expect, test } from 'vitest'
import { testLine } from '../support/test-line.ts'
import { adminToken, type Method, openTestService } from '../support/test-service.ts'

const service = await openTestService()
const { ask } = service
const line = await testLine(service, { stations: 1 })
const key = line.bench(0).key

const ofPeople: [Method, string, object?][] = [
  ['GET', '/api/v1/procedures'],
  ['POST', '/api/v1/procedures', { name: 'x' }],
  ['GET', `/api/v1/procedures/${line.procedure}`],
  ['PATCH', `/api/v1/procedures/${line.procedure}`, { auto_push: false }],
  ['GET', `/api/v1/procedures/${line.procedure}/deployments`],
  [
    'PUT',
    `/api/v1/procedures/${line.procedure}/active-deployment`,
    { deployment_id: line.base, reason: 'x' },
  ],
  ['POST', `/api/v1/procedures/${line.procedure}/rollback`, { deployment_id: line.base, reason: 'x' }],
  ['POST', '/api/v1/stations', { name: 'x' }],
  ['GET', '/api/v1/stations'],
  ['PATCH', `/api/v1/stations/${line.bench(0).id}`, {}],
  ['POST', `/api/v1/procedures/${line.procedure}/stations/${line.bench(0).id}`],
  ['DELETE', `/api/v1/procedures/${line.procedure}/stations/${line.bench(0).id}`],
  ['GET', '/api/v1/rollouts'],
  ['POST', '/api/v1/rollouts', { procedure_id: line.procedure, deployment_id: line.next }],
  ['POST', `/api/v1/rollouts/${line.procedure}/abort`, { reason: 'x' }],
]
const ofStations: [Method, string, object?][] = [
  ['GET', '/api/v1/stations/me/assignments'],
  ['POST', '/api/v1/stations/me/heartbeats', { busy: false }],
  [
    'POST',
    '/api/v1/stations/me/pickups',
    { procedure_id: line.procedure, deployment_id: line.base, state: 'pulled' },
  ],
]

test.each(ofPeople)('%s %s is closed to whoever has no token, a station too', async (method, url, body) => {
  for (const token of [null, 'wrong', `${adminToken}x`, adminToken.slice(0, -1), 'fpt_made-up'])
    expect(await ask(method, url, { token, body })).toMatchObject({
      status: 401,
      body: { code: 'unauthorized' },
    })
  expect(await ask(method, url, { token: key, body })).toMatchObject({
    status: 403,
    body: { code: 'not_allowed', message: expect.stringContaining('got a station key') },
  })
})

test.each(ofStations)(
  '%s %s is closed to whoever has no station key, the admin too',
  async (method, url, body) => {
    for (const token of [null, 'fps_wrong', line.bench(0).id])
      expect(await ask(method, url, { token, body })).toMatchObject({
        status: 401,
        body: { code: 'unauthorized' },
      })
    expect(await ask(method, url, { body })).toMatchObject({ status: 403, body: { code: 'not_allowed' } })
  },
)

test('runs are taken from stations and, for a named station, from the admin; from nobody else', async () => {
  const body = line.runBody({})
  const post = (token: string | null, more = {}) =>
    ask('POST', '/api/v1/runs', { token, body: { ...body, ...more } })
  expect((await post(null)).status).toBe(401)
  expect((await post('fps_wrong')).status).toBe(401)
  expect((await post(key)).status).toBe(200)
  expect(await post(adminToken)).toMatchObject({
    status: 422,
    body: { message: expect.stringContaining('station_id') },
  })
  expect((await post(adminToken, { station_id: line.bench(0).id })).status).toBe(200)
  expect((await post(adminToken, { station_id: line.procedure })).status).toBe(404)
  expect((await ask('POST', '/api/v1/runs/batch', { token: null, body: { runs: [body] } })).status).toBe(401)
})

test('a refusal never repeats the token that came', async () => {
  const answer = await ask('GET', '/api/v1/stations', { token: 'a-secret-typed-in-the-wrong-place' })
  expect(JSON.stringify(answer)).not.toContain('a-secret-typed-in-the-wrong-place')
})

test('a program tells the name it acts under, and the record keeps it', async () => {
  const answer = await ask('POST', '/api/v1/rollouts', {
    body: { procedure_id: line.procedure, deployment_id: line.next, preset: 'two-stage' },
    headers: { 'x-actor-name': 'release robot' },
  })
  // One station has no stage before the last, so the plan is checked by the service, not here.
  expect(answer.body.rollout?.owner ?? answer.body).toMatchObject({ name: 'release robot', door: 'api' })
})
