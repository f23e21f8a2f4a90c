// Procedures, builds and stations over HTTP.
import { expect, test } from 'vitest'
import { testLine } from '../support/test-line.ts'
import { type Method, openTestService } from '../support/test-service.ts'

const service = await openTestService()
const { ask } = service
const unknown = '00000000-0000-4000-8000-000000000000'

test('a procedure is added with its settings and found again', async () => {
  const added = await ask('POST', '/api/v1/procedures', {
    body: {
      name: 'Final test',
      zone: 'Europe/Paris',
      time_limit_seconds: 900,
      soak_minutes: 30,
      slack_channel: 'C1',
      slack_team: 'T0123ABCD',
    },
  })
  expect(added.status).toBe(201)
  expect(added.body).toMatchObject({
    name: 'Final test',
    zone: 'Europe/Paris',
    time_limit_seconds: 900,
    soak_minutes: 30,
    slack_channel: 'C1',
    slack_team: 'T0123ABCD',
    active_deployment_id: null,
    auto_push: false,
    created_at: service.clock.iso(),
  })
  expect((await ask('GET', `/api/v1/procedures/${added.body.id}`)).body).toEqual(added.body)
  expect((await ask('GET', '/api/v1/procedures')).body.data).toContainEqual(added.body)
})

test('the Slack workspace of a channel is named with it, changed, and forgotten with it', async () => {
  const { body } = await ask('POST', '/api/v1/procedures', { body: { name: 'Two workspaces' } })
  expect(body).toMatchObject({ slack_channel: null, slack_team: null })
  const change = (asked: object) => ask('PATCH', `/api/v1/procedures/${body.id}`, { body: asked })

  const homeless = await change({ slack_team: 'T0123ABCD' })
  expect(homeless.status).toBe(422)
  expect(homeless.body.message).toMatch(
    /^body\.slack_team: expected slack_channel too.*Give both, or neither\.$/,
  )
  const added = { name: 'No channel', slack_team: 'T0123ABCD' }
  expect((await ask('POST', '/api/v1/procedures', { body: added })).status).toBe(422)
  for (const slack_team of ['E0123ABCD', 't0123abcd', 'T', 'T0123 ABCD', ''])
    expect(await change({ slack_channel: 'C1', slack_team })).toMatchObject({
      status: 422,
      body: { message: expect.stringContaining('expected the id of a Slack workspace such as T0123ABCD') },
    })
  expect((await ask('GET', `/api/v1/procedures/${body.id}`)).body).toEqual(body)

  const both = { slack_channel: 'C1', slack_team: 'T0123ABCD' }
  expect((await change(both)).body).toMatchObject(both)
  expect((await change({ slack_team: 'T9' })).body).toMatchObject({ slack_channel: 'C1', slack_team: 'T9' })
  expect((await change({ slack_channel: 'C2' })).body).toMatchObject({
    slack_channel: 'C2',
    slack_team: 'T9',
  })
  expect((await change({ slack_channel: null })).body).toMatchObject({
    slack_channel: null,
    slack_team: null,
  })
})

test('a taken name is a 409 with the id of who has it, whatever the case', async () => {
  const first = await ask('POST', '/api/v1/procedures', { body: { name: 'Burn-in' } })
  const second = await ask('POST', '/api/v1/procedures', { body: { name: 'BURN-IN' } })
  expect(second.status).toBe(409)
  expect(second.body).toMatchObject({ code: 'taken', id: first.body.id })

  const line = await testLine(service, { stations: 1 })
  const commit = { sha: 'abcdef0', message: 'again', author: 'Ana' }
  const build = await ask('POST', '/api/v1/deployments', {
    body: { procedure_id: line.procedure, version: 'V1', commit },
  })
  expect(build.status).toBe(409)
  expect(build.body).toMatchObject({ code: 'taken', id: line.base })
  const station = await ask('POST', '/api/v1/stations', { body: { name: line.bench(0).name.toLowerCase() } })
  expect(station.status).toBe(409)
  expect(station.body).toMatchObject({ code: 'taken', id: line.bench(0).id })
})

test('a name taken by two requests at once belongs to one of them', async () => {
  const answers = await Promise.all(
    [1, 2, 3].map(() => ask('POST', '/api/v1/procedures', { body: { name: 'Raced' } })),
  )
  expect(answers.map((answer) => answer.status).sort()).toEqual([201, 409, 409])
})

test('a procedure is renamed, but never to a taken name', async () => {
  const line = await testLine(service, { stations: 0 })
  const other = await ask('POST', '/api/v1/procedures', { body: { name: 'Held name' } })
  const change = (body: object) => ask('PATCH', `/api/v1/procedures/${line.procedure}`, { body })
  expect((await change({ name: 'Free name', auto_push: false })).body).toMatchObject({
    name: 'Free name',
    auto_push: false,
  })
  expect(await change({ name: 'held NAME' })).toMatchObject({ status: 409, body: { id: other.body.id } })
  expect((await change({ soak_minutes: null })).body.soak_minutes).toBeNull()
  expect((await change({})).body.name).toBe('Free name')
})

test.each<[Method, string, object?]>([
  ['GET', `/api/v1/procedures/${unknown}`],
  ['PATCH', `/api/v1/procedures/${unknown}`, {}],
  ['GET', `/api/v1/procedures/${unknown}/deployments`],
  ['PUT', `/api/v1/procedures/${unknown}/active-deployment`, { deployment_id: unknown, reason: 'why' }],
  [
    'POST',
    '/api/v1/deployments',
    { procedure_id: unknown, version: 'v1', commit: { sha: 'abcdef0', message: '', author: 'A' } },
  ],
  ['POST', '/api/v1/stations', { name: 'Lost', procedure_ids: [unknown] }],
  ['PATCH', `/api/v1/stations/${unknown}`, {}],
  ['POST', `/api/v1/procedures/${unknown}/stations/${unknown}`],
  ['DELETE', `/api/v1/procedures/${unknown}/stations/${unknown}`],
  ['GET', `/api/v1/rollouts/${unknown}`],
  ['GET', `/api/v1/rollouts/${unknown}/events`],
  ['POST', `/api/v1/rollouts/${unknown}/advance`, {}],
  ['POST', `/api/v1/rollouts/${unknown}/retry`, { reason: 'why' }],
  ['POST', `/api/v1/procedures/${unknown}/rollback`, { deployment_id: unknown, reason: 'why' }],
  ['GET', '/api/v1/nothing'],
])('%s %s is a 404 that says what there is not', async (method, url, body) => {
  const answer = await ask(method, url, body === undefined ? {} : { body })
  expect(answer).toMatchObject({
    status: 404,
    body: { code: 'not_found', message: expect.stringMatching(/^(There is no|.* has no)/i) },
  })
})

test('the first active build is named without a rollout, later ones are not', async () => {
  const line = await testLine(service, { stations: 2 })
  for (const bench of line.benches) expect(await line.pinned(bench)).toBe(line.base)
  const url = `/api/v1/procedures/${line.procedure}/active-deployment`
  expect((await ask('PUT', url, { body: { deployment_id: line.base, reason: 'again' } })).status).toBe(200)
  expect(await ask('PUT', url, { body: { deployment_id: line.next, reason: 'newer' } })).toMatchObject({
    status: 409,
    body: { code: 'not_now' },
  })
})

test('a build that is not ready, or of another procedure, never becomes the active one', async () => {
  const other = await testLine(service, { stations: 0 })
  const { body: procedure } = await ask('POST', '/api/v1/procedures', { body: { name: 'Without a build' } })
  const commit = { sha: 'abcdef0', message: 'm', author: 'A' }
  const { body: failed } = await ask('POST', '/api/v1/deployments', {
    body: { procedure_id: procedure.id, version: 'v1', commit, status: 'failed' },
  })
  const name = (deployment_id: string) =>
    ask('PUT', `/api/v1/procedures/${procedure.id}/active-deployment`, {
      body: { deployment_id, reason: 'why' },
    })
  expect((await name(failed.id)).status).toBe(422)
  expect((await name(other.base)).status).toBe(404)
})

test('of two first builds named at once one becomes active and the other is refused', async () => {
  const { body: procedure } = await ask('POST', '/api/v1/procedures', { body: { name: 'Two at once' } })
  const build = async (version: string) =>
    (
      await ask('POST', '/api/v1/deployments', {
        body: { procedure_id: procedure.id, version, commit: { sha: 'abcdef0', message: 'm', author: 'A' } },
      })
    ).body.id
  const ids = [await build('a'), await build('b')]
  const answers = await Promise.all(
    ids.map((deployment_id) =>
      ask('PUT', `/api/v1/procedures/${procedure.id}/active-deployment`, {
        body: { deployment_id, reason: 'why' },
      }),
    ),
  )
  expect(answers.map((answer) => answer.status).sort()).toEqual([200, 409])
})

test('a station gets its key once; only the first characters are shown again', async () => {
  const line = await testLine(service, { stations: 1 })
  const { key, id } = line.bench(0)
  const listed = (await ask('GET', '/api/v1/stations')).body.data.find(
    (each: { id: string }) => each.id === id,
  )
  expect(listed.key_prefix).toBe(key.slice(0, 8))
  expect(JSON.stringify(listed)).not.toContain(key)
})

test('a linked station runs the active build, an unlinked one is asked for nothing', async () => {
  const line = await testLine(service, { stations: 1 })
  const bench = await line.addBench({ procedure_ids: [] })
  const link = `/api/v1/procedures/${line.procedure}/stations/${bench.id}`
  expect((await line.assignments(bench)).body.assignments).toEqual([])
  expect((await ask('POST', link)).status).toBe(204)
  expect((await ask('POST', link)).status).toBe(204)
  expect(await line.pinned(bench)).toBe(line.base)
  expect((await ask('DELETE', link)).status).toBe(204)
  expect((await ask('DELETE', link)).status).toBe(204)
  expect((await line.assignments(bench)).body.assignments).toEqual([])
})

test('text that the database cannot keep is named, not a fault', async () => {
  const answer = await ask('POST', '/api/v1/procedures', { body: { name: 'a\u0000b' } })
  expect(answer.status).toBe(422)
  expect(answer.body.issues[0].path).toBe('body.name')
})

test('every fault of a body is named with its place', async () => {
  const answer = await ask('POST', '/api/v1/deployments', {
    body: {
      procedure_id: 'no',
      version: '',
      commit: { sha: 'xyz', message: 'm', author: 'a' },
      artifact_sha256: '12',
    },
  })
  expect(answer.status).toBe(422)
  expect(answer.body.issues.map((issue: { path: string }) => issue.path).sort()).toEqual([
    'body.artifact_sha256',
    'body.commit.sha',
    'body.procedure_id',
    'body.version',
  ])
})
