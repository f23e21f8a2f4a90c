// Stations and what they should run, by TofuPilot's interface and its command line.
import { expect, test } from 'vitest'
import { changeProcedure } from '../../../db/registry.ts'
import { bareStages, testLine } from '../../support/test-line.ts'
import { openTestService } from '../../support/test-service.ts'

const service = await openTestService()
const { ask, clock, database } = service
const line = await testLine(service, { stations: 3, name: 'Board FCT' })
const own = line.bench(0)
const current = (token = own.key) => ask('GET', '/api/v2/stations/current', { token })
const pin = (station: string, deployment: string, body?: object) =>
  ask('POST', `/api/v2/stations/${station}/deployments/${deployment}`, body ? { body } : {})
const nowhere = '00000000-0000-4000-8000-000000000009'

test('a station reads what it is and what it should run, every key present', async () => {
  await changeProcedure(database.db, line.procedure, {
    identifier: 'FCT',
    repository: { owner: 'acme', name: 'fct', provider: 'gitlab', gitlabProjectId: '77', path: '' },
  })
  await line.run({ station: own })
  await line.run({ station: own, start: -8 * 86_400_000 })
  await line.run({ station: line.bench(1) })
  const { body } = await current()
  expect(body).toEqual({
    id: own.id,
    name: own.name,
    api_key: own.key.slice(0, 8),
    organization_slug: 'firstpass',
    connection_status: 'connected',
    team: null,
    procedures: [
      {
        id: line.procedure,
        identifier: 'FCT',
        name: 'Board FCT',
        runs_count: 1,
        deployment: {
          deployed_at: clock.iso(),
          commit: { sha: expect.any(String), message: 'build v1', branch: null },
          repository: { owner: 'acme', name: 'fct', provider: 'gitlab', gitlab_project_id: 77 },
        },
      },
    ],
  })
  expect(await ask('GET', '/api/v2/stations/current')).toMatchObject({
    status: 403,
    body: { code: 'FORBIDDEN' },
  })
  expect(await current('nobody')).toMatchObject({ status: 401, body: { code: 'UNAUTHORIZED' } })
})

test('stations are listed in pages, by name and by procedure', async () => {
  clock.pass(1000)
  await line.addBench({ name: 'Far away', procedure_ids: [] })
  clock.pass(1000)
  await line.addBench({ name: 'Further away', procedure_ids: [] })
  const names = (answer: { body: { data: { name: string }[] } }) => answer.body.data.map(({ name }) => name)
  const list = (query: string) => ask('GET', `/api/v2/stations?${query}`)
  expect(names(await list('search_query=AWAY'))).toEqual(['Far away', 'Further away'])
  const first = await list('limit=3')
  expect(first.body.data).toContainEqual({
    id: own.id,
    name: own.name,
    procedures: [{ id: line.procedure, identifier: 'FCT', name: 'Board FCT' }],
    procedures_count: 1,
    team: null,
  })
  expect(first.body.meta).toEqual({ has_more: true, next_cursor: expect.any(Number) })
  const second = await list(`limit=1&cursor=${first.body.meta.next_cursor}`)
  const third = await list(`limit=1&cursor=${second.body.meta.next_cursor}`)
  expect([...names(second), ...names(third)]).toEqual(['Far away', 'Further away'])
  expect(third.body.meta).toEqual({ has_more: false, next_cursor: null })
  expect(names(await list(`procedure_ids=${line.procedure}&procedure_ids=${nowhere}`))).toHaveLength(3)
  expect((await ask('GET', '/api/v2/stations', { token: own.key })).status).toBe(403)
})

test('the command line pulls what is pinned, with its address once there is one', async () => {
  const pulled = await ask('GET', '/api/cli/pull', { token: own.key })
  expect(pulled.body).toEqual({
    station: { name: own.name },
    procedures: [
      {
        id: line.procedure,
        name: 'Board FCT',
        deployment: { id: line.base, sha: expect.any(String), message: 'build v1' },
      },
    ],
  })
  const one = (procedure: string, token = own.key) => ask('GET', `/api/cli/pull/${procedure}`, { token })
  expect((await one(line.procedure)).body).toEqual({
    sha: pulled.body.procedures[0].deployment.sha,
    artifactUrl: 'https://builds.test/v1.tar.gz',
    artifactSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
  })
  expect((await one(nowhere)).status).toBe(404)
  expect((await ask('GET', '/api/cli/pull')).status).toBe(403)
  const bare = await line.build('v-bare', { artifact_url: null, artifact_sha256: null })
  expect((await pin(own.id, bare)).status).toBe(200)
  expect(await one(line.procedure)).toMatchObject({ status: 409, body: { code: 'CONFLICT' } })
  expect((await pin(own.id, line.base)).status).toBe(200)
})

test('a build is pinned to one station by hand, and the record says by whom', async () => {
  const done = await ask('POST', `/api/v2/stations/${own.id}/deployments/${line.next}`, {
    body: { reason: 'golden bench' },
    headers: { 'x-actor-name': 'Ana' },
  })
  expect(done).toMatchObject({ status: 200, body: { id: line.next, station_id: own.id } })
  expect(await line.pinned(own)).toBe(line.next)
  expect(await line.pinned(line.bench(1))).toBe(line.base)
  const history = await ask('GET', `/api/v1/procedures/${line.procedure}/history`)
  expect(history.body.data[0]).toMatchObject({
    what: `pinned v2 to ${own.name} alone`,
    why: 'golden bench',
    by: { name: 'Ana' },
  })
  await pin(own.id, line.base)
})

test('a preview or failed deployment is refused as a target, and so is what there is not', async () => {
  const preview = await line.build('v-preview', { environment: 'preview' })
  const failed = await line.build('v-failed', { status: 'failed' })
  const far = await line.addBench({ name: 'Not linked', procedure_ids: [] })
  expect(await pin(own.id, preview)).toMatchObject({
    status: 409,
    body: { code: 'CONFLICT', message: expect.stringContaining('preview') },
  })
  expect(await pin(own.id, failed)).toMatchObject({
    status: 409,
    body: { message: expect.stringContaining('failed') },
  })
  expect(await pin(far.id, line.next)).toMatchObject({ status: 422, body: { code: 'UNPROCESSABLE_CONTENT' } })
  expect((await pin(nowhere, line.next)).status).toBe(404)
  expect((await pin(own.id, nowhere)).status).toBe(404)
  expect(
    (await ask('POST', `/api/v2/stations/${own.id}/deployments/${line.next}`, { token: own.key })).status,
  ).toBe(403)
  expect(await line.pinned(own)).toBe(line.base)
})

test('while a rollout is live nobody pins beside it, and nobody rolls back', async () => {
  const started = await line.start({ stages: bareStages })
  expect(started.status).toBe(201)
  expect(await pin(own.id, line.next)).toMatchObject({
    status: 409,
    body: { code: 'CONFLICT', message: expect.stringContaining('live') },
  })
  const back = (deployment: string) =>
    ask('POST', `/api/v2/procedures/${line.procedure}/rollback`, { body: { deployment_id: deployment } })
  expect(await back(line.base)).toMatchObject({ status: 409, body: { code: 'CONFLICT' } })
  const abort = await ask('POST', `/api/v1/rollouts/${started.body.rollout.id}/abort`, {
    body: { reason: 'done' },
  })
  expect(abort.status).toBe(200)
  for (const bench of line.benches) await line.pickup(bench, line.base)
  await service.judge()
  expect(await back(line.base)).toMatchObject({ status: 200, body: { id: line.base } })
  expect(await back(line.next)).toMatchObject({ status: 422, body: { code: 'UNPROCESSABLE_CONTENT' } })
  expect(await back(nowhere)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } })
})

test('a procedure keeps the id that it had elsewhere, so that station code goes on unchanged', async () => {
  const id = '7b0c8f6e-1111-4aaa-9bbb-000000000001'
  const add = (body: object) => ask('POST', '/api/v2/procedures', { body })
  expect(await add({ id, name: 'Moved' })).toMatchObject({ status: 200, body: { id } })
  expect(await add({ id, name: 'Other' })).toMatchObject({
    status: 409,
    body: { code: 'CONFLICT', message: expect.stringContaining('Moved') },
  })
  expect((await add({ name: 'moved' })).status).toBe(409)
  expect((await add({ name: 'Fresh' })).body).toEqual({ id: expect.any(String) })
  expect(await add({ name: '' })).toMatchObject({ status: 400, body: { code: 'BAD_REQUEST' } })
  expect((await ask('GET', `/api/v2/procedures/${id}`)).body).toEqual({
    id,
    identifier: null,
    name: 'Moved',
    created_at: clock.iso(),
    created_by_user: null,
    runs_count: 0,
    recent_runs: [],
    stations: [],
  })
  expect((await ask('GET', `/api/v2/procedures/${nowhere}`)).status).toBe(404)
})
