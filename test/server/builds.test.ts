// Builds in the registry: registered once, changed within limits, promoted, and kept with all that became of them.
import { beforeAll, describe, expect, test } from 'vitest'
import { addLogLines } from '../../db/build-logs.ts'
import { deploymentById } from '../../db/registry.ts'
import type { DeploymentId } from '../../server/domain/ids.ts'
import { bareStages, type TestLine, testLine } from '../support/test-line.ts'
import { openTestService } from '../support/test-service.ts'

const service = await openTestService()
const { ask, clock } = service
let line: TestLine
beforeAll(async () => {
  line = await testLine(service, { stations: 2 })
})

const sha = 'a'.repeat(40)
const body = (version: string, more: Record<string, unknown> = {}) => ({
  procedure_id: line.procedure,
  version,
  commit: { sha, message: 'Tighten VCC limits', branch: 'main', author: 'Ana' },
  artifact_url: 'https://builds.test/a.tar.gz',
  artifact_sha256: 'b'.repeat(64),
  ...more,
})
const register = (version: string, more: Record<string, unknown> = {}) =>
  ask('POST', '/api/v1/deployments', { body: body(version, more) })
const build = (id: string) => ask('GET', `/api/v1/deployments/${id}`)
const change = (id: string, to: Record<string, unknown>) =>
  ask('PATCH', `/api/v1/deployments/${id}`, { body: to, headers: { 'x-actor-name': 'Jenkins' } })
const promote = (id: string, reason = 'good on the bench') =>
  ask('POST', `/api/v1/deployments/${id}/promote`, { body: { reason }, headers: { 'x-actor-name': 'Ines' } })
const cards = (id: string) => service.jobs.filter((job) => job.kind === 'build' && job.deploymentId === id)

describe('the same version again', () => {
  test('with the same commit and artifact is the build that is there', async () => {
    const first = await register('r1', { labels: ['power'] })
    expect(first.status).toBe(201)
    const again = await register('R1')
    expect(again).toMatchObject({ status: 200, body: { id: first.body.id, labels: ['power'] } })
    expect(cards(first.body.id)).toHaveLength(1)
    // A program that does not know the artifact does not contradict it.
    const bare = await register('r1', { artifact_url: null, artifact_sha256: null })
    expect(bare).toMatchObject({ status: 200, body: { artifact_url: 'https://builds.test/a.tar.gz' } })
  })

  test.each([
    [
      'another commit',
      { commit: { sha: 'c'.repeat(40), message: 'm', author: 'Ana' } },
      `of commit ${sha}, not ${'c'.repeat(40)}`,
    ],
    ['another artifact', { artifact_sha256: 'd'.repeat(64) }, 'with another artifact'],
    ['another environment', { environment: 'preview' }, 'as a production build'],
    ['a status that it has not come to', { status: 'failed', reason: 'no' }, 'which is ready'],
  ])('with %s is refused, and the refusal names what is there', async (_what, more, why) => {
    const first = await register('r2')
    const again = await register('r2', more)
    expect(again).toMatchObject({ status: 409, body: { code: 'taken', id: first.body.id } })
    expect(again.body.message).toContain(`already has a build "r2", ${why}`)
  })

  test('of a build that has come further is a late repeat', async () => {
    const first = await register('r3', { status: 'building' })
    await change(first.body.id, { status: 'ready' })
    expect(await register('r3', { status: 'building' })).toMatchObject({
      status: 200,
      body: { id: first.body.id, status: 'ready' },
    })
  })

  test('sent twice at once is one build', async () => {
    const both = await Promise.all([register('r4'), register('r4')])
    expect(both.map((answer) => answer.status).sort()).toEqual([200, 201])
    expect(both[0]?.body.id).toBe(both[1]?.body.id)
  })
})

describe('the status of a build', () => {
  test('goes from pending to building to ready, each step on record with who and why', async () => {
    const { body: made } = await register('s1', { status: 'pending' })
    expect(cards(made.id)).toEqual([])
    await change(made.id, { status: 'building', reason: 'job 12' })
    expect(cards(made.id)).toEqual([])
    expect((await change(made.id, { status: 'ready' })).body).toMatchObject({ status: 'ready' })
    expect(cards(made.id)).toHaveLength(1)
    const { status_changes } = (await build(made.id)).body
    expect(
      status_changes.map((each: { to: string; by: { name: string }; reason: string | null }) => [
        each.to,
        each.by.name,
        each.reason,
      ]),
    ).toEqual([
      ['pending', 'API', null],
      ['building', 'Jenkins', 'job 12'],
      ['ready', 'Jenkins', null],
    ])
  })

  test('failed needs a reason, and a failed build may be built again', async () => {
    const { body: made } = await register('s2', { status: 'building' })
    expect(await change(made.id, { status: 'failed' })).toMatchObject({
      status: 422,
      body: { message: expect.stringContaining('needs a reason') },
    })
    expect((await change(made.id, { status: 'failed', reason: 'flash tool crashed' })).status).toBe(200)
    expect((await build(made.id)).body).toMatchObject({
      status: 'failed',
      not_eligible: expect.stringContaining('its build failed'),
    })
    expect((await change(made.id, { status: 'pending' })).status).toBe(409)
    expect((await change(made.id, { status: 'ready' })).status).toBe(200)
    expect(cards(made.id)).toHaveLength(1)
  })

  test('ready does not go back, but may be withdrawn until stations are asked to run it', async () => {
    const { body: made } = await register('s3')
    expect(await change(made.id, { status: 'building' })).toMatchObject({
      status: 409,
      body: { message: expect.stringContaining('is ready: what is ready is not built again') },
    })
    expect((await change(made.id, { status: 'failed', reason: 'wrong limits' })).status).toBe(200)
    // The card that was posted says so.
    expect(cards(made.id)).toHaveLength(2)
    expect(await change(line.base, { status: 'failed', reason: 'wrong limits' })).toMatchObject({
      status: 409,
      body: { message: expect.stringContaining('was rolled out') },
    })
  })
})

describe('the artifact of a build', () => {
  const other = { artifact_url: 'https://builds.test/other.tar.gz', artifact_sha256: 'E'.repeat(64) }

  test('may change while no station could pull it, with its metadata and labels', async () => {
    const { body: made } = await register('a1', { status: 'building', artifact_url: null })
    const changed = await change(made.id, { ...other, artifact_metadata: { size: 12 }, labels: ['power'] })
    expect(changed).toMatchObject({
      status: 200,
      body: { ...other, artifact_sha256: 'e'.repeat(64), artifact_metadata: { size: 12 }, labels: ['power'] },
    })
  })

  test('that stations may have pulled stays, and the refusal says why', async () => {
    const before = await build(line.base)
    for (const to of [other, { artifact_metadata: { size: 1 } }, { artifact_url: null }])
      expect(await change(line.base, to)).toMatchObject({
        status: 409,
        body: { message: expect.stringContaining('stations may have pulled its artifact') },
      })
    expect((await build(line.base)).body).toEqual(before.body)
    // The same words again are no change, and words about it are not the artifact.
    expect((await change(line.base, { artifact_url: before.body.artifact_url })).status).toBe(200)
    const words = { labels: ['recalled'], expectation: 'none', expected_yield_change: -0.008 }
    expect(await change(line.base, words)).toMatchObject({ status: 200, body: words })
  })

  test('stays from the start of its rollout on, before any station was asked', async () => {
    const own = await testLine(service, { stations: 2 })
    const started = await own.start({ stages: bareStages, start_approvals: 1 })
    expect(started.body.rollout.status).toBe('pending')
    expect((await change(own.next, other)).status).toBe(409)
  })
})

describe('a promotion', () => {
  test('makes a production build of a preview: on record with who and why, and told once', async () => {
    const { body: made } = await register('p1', { environment: 'preview' })
    expect(cards(made.id)).toEqual([])
    const promoted = await promote(made.id)
    expect(promoted).toMatchObject({
      status: 200,
      body: {
        environment: 'production',
        promoted: { by: { name: 'Ines' }, from: 'preview', reason: 'good on the bench' },
      },
    })
    expect((await build(made.id)).body.not_eligible).toBeNull()
    expect(cards(made.id)).toHaveLength(1)
    // The same promotion again, and the same registration, change nothing.
    expect((await promote(made.id, 'again')).body.promoted.reason).toBe('good on the bench')
    expect((await register('p1', { environment: 'preview' })).status).toBe(200)
    expect(cards(made.id)).toHaveLength(1)
  })

  test('of a build that is still being built is told when it is ready', async () => {
    const { body: made } = await register('p2', { environment: 'development', status: 'building' })
    expect((await promote(made.id)).status).toBe(200)
    expect(cards(made.id)).toEqual([])
    await change(made.id, { status: 'ready' })
    expect(cards(made.id)).toHaveLength(1)
  })

  test('is refused for a failed build, for one that was a production build all along, and without a reason', async () => {
    const failed = await register('p3', { environment: 'preview', status: 'failed', reason: 'no' })
    expect(await promote(failed.body.id)).toMatchObject({
      status: 409,
      body: { message: expect.stringContaining('failed') },
    })
    expect((await promote(line.next)).status).toBe(409)
    expect(await promote(line.next, ' ')).toMatchObject({ status: 422 })
    expect((await promote('00000000-0000-4000-8000-000000000000')).status).toBe(404)
  })
})

test('a preview or failed deployment is refused as a rollout target', async () => {
  for (const [version, more, words] of [
    [
      't1',
      { environment: 'preview' },
      /is a preview build: promote it first\. Promote it with POST .*promote/,
    ],
    ['t2', { environment: 'development' }, /is a development build: promote it first/],
    ['t3', { status: 'failed', reason: 'no' }, /its build failed\. Build it again/],
    ['t4', { status: 'building' }, /its build is building\. Start it once its status is ready/],
  ] as const) {
    const { body: made } = await register(version, more)
    expect(await line.start({ deployment_id: made.id })).toMatchObject({
      status: 422,
      body: { code: 'invalid', message: expect.stringMatching(words) },
    })
  }
  expect((await ask('GET', `/api/v1/rollouts?procedure_id=${line.procedure}`)).body.data).toEqual([])
})

describe('what became of a build', () => {
  test('its rollout, the reason of the abort, its runs and its stations stay with it', async () => {
    const own = await testLine(service, { stations: 2 })
    const started = await own.start({ stages: bareStages, reason: 'new limits' })
    const { id, stations } = started.body.rollout
    const canary = own.benchOf(stations.find((each: { status: string }) => each.status === 'pinned').id)
    await own.pickup(canary, own.next)
    clock.pass(60_000)
    for (const outcome of ['PASS', 'PASS', 'FAIL', 'ERROR'])
      await own.run({ station: canary, outcome, deployment: own.next })
    expect((await build(own.next)).body).toMatchObject({
      is_active: false,
      rollouts: [{ id, status: 'active', by: { name: 'API' }, reason: 'new limits', aborted: null }],
      runs: { total: 4, PASS: 2, FAIL: 1, ERROR: 1, TIMEOUT: 0, ABORTED: 0 },
      stations: [
        {
          id: canary.id,
          pinned_since: expect.any(String),
          pulled_at: expect.any(String),
          last_run_at: clock.iso(),
        },
      ],
    })
    await ask('POST', `/api/v1/deployments/${own.next}/logs`, { body: { lines: [{ message: 'built' }] } })
    const headers = { 'x-actor-name': 'Line lead' }
    await ask('POST', `/api/v1/rollouts/${id}/abort`, { body: { reason: 'VCC drops' }, headers })
    const after = (await build(own.next)).body
    expect(after.rollouts).toMatchObject([
      {
        id,
        status: 'aborting',
        aborted: { by: { name: 'Line lead' }, at: clock.iso(), reason: 'VCC drops' },
      },
    ])
    expect(after.runs.total).toBe(4)
    // Asked back to base, it still has the build until it shows otherwise.
    expect(after.stations).toMatchObject([
      { id: canary.id, pinned_since: null, last_run_at: expect.any(String) },
    ])
    expect((await ask('GET', `/api/v1/deployments/${own.next}/logs`)).body.data).toHaveLength(1)
    const listed = (await ask('GET', `/api/v1/procedures/${own.procedure}/deployments`)).body.data
    expect(listed.map((each: { version: string; aborted: unknown }) => [each.version, each.aborted])).toEqual(
      [
        ['v2', { by: expect.anything(), at: clock.iso(), reason: 'VCC drops' }],
        ['v1', null],
      ],
    )
    const seen = await service.service.deployment(own.procedure, own.next)
    expect(seen?.aborted).toMatchObject({ on: '22 May', why: 'VCC drops' })
    expect((await build(own.base)).body).toMatchObject({
      is_active: true,
      stations: [{ pinned_since: expect.any(String) }, { pinned_since: expect.any(String) }],
    })
  })

  test('what its author expects applies to a start that says nothing else', async () => {
    const declared = { expectation: 'VCC limits tightened', expected_yield_change: -0.008 }
    const own = await testLine(service, { stations: 2 })
    const made = await own.build('v3', declared)
    const preview = (more = {}) =>
      ask('POST', '/api/v1/rollouts/preview', {
        body: { procedure_id: own.procedure, deployment_id: made, ...more },
      })
    expect((await preview()).body.plan).toMatchObject(declared)
    expect((await preview({ expected_yield_change: 0 })).body.plan).toMatchObject({
      ...declared,
      expected_yield_change: 0,
    })
    const started = await own.start({ deployment_id: made, stages: bareStages })
    expect(started.body.rollout).toMatchObject(declared)
  })

  test('builds are found by environment, status and labels', async () => {
    const own = await testLine(service, { stations: 0 })
    await own.build('v3', { environment: 'preview', labels: ['power', 'limits'] })
    await own.build('v4', { status: 'building', labels: ['power'] })
    const versions = async (query: string) =>
      (await ask('GET', `/api/v1/procedures/${own.procedure}/deployments?${query}`)).body.data
        .map((each: { version: string }) => each.version)
        .sort()
    expect(await versions('environment=preview')).toEqual(['v3'])
    expect(await versions('status=building')).toEqual(['v4'])
    expect(await versions('label=power')).toEqual(['v3', 'v4'])
    expect(await versions('label=power&label=limits')).toEqual(['v3'])
    expect(await versions('environment=production&status=ready')).toEqual(['v1', 'v2'])
    expect((await ask('GET', `/api/v1/procedures/${own.procedure}/deployments?status=done`)).status).toBe(422)
  })
})

describe('the log of a build', () => {
  test('is kept in the order it came in, with level and time, and read page by page', async () => {
    const { body: made } = await register('l1', { status: 'building' })
    const url = `/api/v1/deployments/${made.id}/logs`
    const lines = [
      { message: 'compiling', level: 'debug', time: '2026-05-22T06:00:00Z' },
      { message: 'flash tool: not found', level: 'error' },
      { message: 'giving up' },
    ]
    expect(await ask('POST', url, { body: { lines } })).toMatchObject({ status: 201, body: { added: 3 } })
    await change(made.id, { status: 'failed', reason: 'no flash tool' })
    const first = (await ask('GET', `${url}?limit=2`)).body
    expect(first).toMatchObject({
      data: [
        { message: 'compiling', level: 'debug', at: '2026-05-22T06:00:00.000Z' },
        { message: 'flash tool: not found', level: 'error', at: clock.iso() },
      ],
      meta: { has_more: true },
    })
    const rest = (await ask('GET', `${url}?after=${first.meta.next_after}`)).body
    expect(rest).toMatchObject({
      data: [{ message: 'giving up', level: 'info' }],
      meta: { has_more: false },
    })
    expect((await ask('GET', `${url}?level=error`)).body.data).toHaveLength(1)
  })

  test('has a limit: the newest lines make room for themselves', async () => {
    const { body: made } = await register('l2')
    const found = await deploymentById(service.database.db, made.id as DeploymentId)
    if (!found) throw new Error('it was just registered')
    const line = (message: string) => ({ at: new Date(clock.now()), level: 'info' as const, message })
    const add = (...said: string[]) =>
      service.database.db.transaction((tx) => addLogLines(tx, found, said.map(line), 3))
    expect([await add('1', '2'), await add('3', '4', '5')]).toEqual([0, 2])
    const url = `/api/v1/deployments/${made.id}/logs`
    const kept = (await ask('GET', url)).body.data.map((each: { message: string }) => each.message)
    expect(kept).toEqual(['3', '4', '5'])
    const tooMany = Array.from({ length: 1001 }, () => ({ message: 'x' }))
    expect((await ask('POST', url, { body: { lines: tooMany } })).status).toBe(422)
  })
})
