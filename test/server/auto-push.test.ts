// A production build that becomes ready starts its rollout by itself, where that is wanted and nothing speaks against it.
import { expect, test } from 'vitest'
import { bareStages, type TestLine, testLine } from '../support/test-line.ts'
import { openTestService } from '../support/test-service.ts'

const service = await openTestService()
const { ask, clock } = service

async function pushing(on = true): Promise<TestLine> {
  const line = await testLine(service, { stations: 3 })
  if (on) await switchPushes(line, true)
  return line
}
const switchPushes = (line: TestLine, auto_push: boolean) =>
  ask('PATCH', `/api/v1/procedures/${line.procedure}`, { body: { auto_push } })
const register = async (line: TestLine, version: string, more: Record<string, unknown> = {}) => {
  // Builds that are registered at one moment have no order.
  clock.pass(1000)
  return ask('POST', '/api/v1/deployments', {
    body: {
      procedure_id: line.procedure,
      version,
      commit: {
        sha: 'abcdef0',
        message: 'Tighten VCC limits\n\nThey let weak regulators through.',
        author: 'Ana',
      },
      ...more,
    },
    headers: { 'x-actor-name': 'Jenkins' },
  })
}
const rollouts = async (line: TestLine) =>
  (await ask('GET', `/api/v1/rollouts?procedure_id=${line.procedure}`)).body.data
const cards = (id: string) => service.jobs.filter((job) => job.kind === 'build' && job.deploymentId === id)

test('with pushes on, a build that becomes ready is started as a person would start it, by a program', async () => {
  const line = await pushing()
  const { body: build } = await register(line, 'v3', { expectation: 'none', expected_yield_change: -0.008 })
  const [started, ...others] = await rollouts(line)
  expect(others).toEqual([])
  expect(build.auto_push).toEqual({ rollout_id: started.id, held_because: null })
  const { body: rollout } = await ask('GET', `/api/v1/rollouts/${started.id}`)
  expect(rollout).toMatchObject({
    status: 'active',
    preset: 'standard',
    owner: { kind: 'program', name: 'Jenkins' },
    reason: 'Tighten VCC limits',
    expectation: 'none',
    expected_yield_change: -0.008,
    deployment: { version: 'v3' },
  })
  expect((await service.service.deployment(line.procedure, build.id))?.push).toEqual({
    rolloutId: started.id,
    held: null,
  })
  expect(cards(build.id).length).toBeGreaterThan(0)
})

test.each([
  ['its status is set to ready', { status: 'building' }, 'PATCH', '', { status: 'ready' }],
  ['it is promoted', { environment: 'preview' }, 'POST', '/promote', { reason: 'good' }],
] as const)('so is one when %s', async (_what, more, method, path, body) => {
  const line = await pushing()
  const made = await register(line, 'v3', more)
  expect(made.body.auto_push).toBeNull()
  expect(await rollouts(line)).toEqual([])
  const after = await ask(method, `/api/v1/deployments/${made.body.id}${path}`, { body })
  expect(after.body.auto_push.rollout_id).toBe((await rollouts(line))[0].id)
})

test('approvals that the policy asks for are asked for: nothing is pinned before', async () => {
  const line = await pushing()
  await ask('PUT', `/api/v1/procedures/${line.procedure}/policy`, {
    body: { policy: { start_approvals: 1 }, expected_version: 0 },
  })
  const { body: build } = await register(line, 'v3')
  expect((await rollouts(line))[0]).toMatchObject({ id: build.auto_push.rollout_id, status: 'pending' })
  for (const bench of line.benches) expect(await line.pinned(bench)).toBe(line.base)
})

test('with pushes off, as they are until somebody wants them, there is a card and nothing to explain', async () => {
  const line = await pushing(false)
  const { body: build } = await register(line, 'v3')
  expect(build.auto_push).toBeNull()
  expect(await rollouts(line)).toEqual([])
  expect(cards(build.id)).toHaveLength(1)
})

/** Each leaves a build registered and not started, with what it says of it. */
const inTheWay: [what: string, why: RegExp, prepare: (line: TestLine) => Promise<unknown>][] = [
  [
    'a rollout of the procedure is live',
    /^the rollout of v2 is live, started by API$/,
    (line) => line.start({ stages: bareStages }),
  ],
  [
    'an abort still waits for its stations',
    /^the aborted rollout of v2 still waits for stations to return to base$/,
    async (line) => {
      const { body } = await line.start({ stages: bareStages })
      const canary = body.rollout.stations.find((each: { status: string }) => each.status === 'pinned')
      await line.pickup(line.benchOf(canary.id), line.next)
      await service.judge(line.procedure)
      await ask('POST', `/api/v1/rollouts/${body.rollout.id}/abort`, { body: { reason: 'enough' } })
    },
  ],
  [
    'a freeze is in force',
    /^the first stage may take no station: .*stocktaking/,
    (line) =>
      ask('POST', `/api/v1/procedures/${line.procedure}/freezes`, {
        body: { why: 'stocktaking' },
      }),
  ],
  [
    'no station takes part',
    /^no station of the procedure is in that group$/,
    async (line) => {
      for (const bench of line.benches)
        await ask('DELETE', `/api/v1/procedures/${line.procedure}/stations/${bench.id}`)
    },
  ],
]
test.each(inTheWay)('while %s it is registered and told, not started', async (_what, why, prepare) => {
  const line = await pushing()
  await prepare(line)
  const before = await rollouts(line)
  const made = await register(line, 'v3')
  expect(made).toMatchObject({
    status: 201,
    body: { status: 'ready', auto_push: { rollout_id: null, held_because: expect.stringMatching(why) } },
  })
  expect(await rollouts(line)).toHaveLength(before.length)
  expect(cards(made.body.id)).toHaveLength(1)
  expect((await ask('GET', `/api/v1/deployments/${made.body.id}`)).body.auto_push).toEqual(
    made.body.auto_push,
  )
})

test('without an active build there is nothing to compare with, and nothing is started', async () => {
  const { body: procedure } = await ask('POST', '/api/v1/procedures', {
    body: { name: 'New board', auto_push: true },
  })
  const { body: build } = await ask('POST', '/api/v1/deployments', {
    body: {
      procedure_id: procedure.id,
      version: 'v1',
      commit: { sha: 'abcdef0', message: 'm', author: 'Ana' },
    },
  })
  expect(build.auto_push.held_because).toBe('there is no active build to compare it with')
})

test('a build that is ready later than a newer one is not pushed over it', async () => {
  const line = await testLine(service, { stations: 3 })
  const { body: older } = await register(line, 'v3', { status: 'building' })
  await register(line, 'v4')
  await switchPushes(line, true)
  const { body } = await ask('PATCH', `/api/v1/deployments/${older.id}`, { body: { status: 'ready' } })
  expect(body.auto_push.held_because).toBe('a newer build, v4, is ready')
  // A promotion is a decision of today, however old its build is.
  const { body: preview } = await register(line, 'v2-preview', { environment: 'preview' })
  await register(line, 'v5', { status: 'building' })
  clock.pass(1000)
  const promoted = await ask('POST', `/api/v1/deployments/${preview.id}/promote`, {
    body: { reason: 'hot fix' },
  })
  expect(promoted.body.auto_push).toMatchObject({ held_because: null })
})

test('a rollback switches pushes off, and the next build says so until somebody switches them on', async () => {
  const line = await pushing()
  const active = { deployment_id: line.base, reason: 'VCC drops' }
  const done = await ask('POST', `/api/v1/procedures/${line.procedure}/rollback`, {
    body: active,
    headers: { 'x-actor-name': 'Ines' },
  })
  expect(done.status).toBe(200)
  expect((await ask('GET', `/api/v1/procedures/${line.procedure}`)).body.auto_push).toBe(false)
  const held = await register(line, 'v3')
  expect(held.body.auto_push).toEqual({
    rollout_id: null,
    held_because: 'automatic pushes are off since Ines rolled back to v1',
  })
  expect(await rollouts(line)).toEqual([])
  await switchPushes(line, true)
  expect((await register(line, 'v4')).body.auto_push.rollout_id).toEqual(expect.any(String))
  await switchPushes(line, false)
  expect((await register(line, 'v5')).body.auto_push).toBeNull()
})

test('of two builds that become ready at once one is started', async () => {
  const line = await pushing()
  const both = await Promise.all([register(line, 'v3'), register(line, 'v4')])
  expect(both.map((answer) => answer.status)).toEqual([201, 201])
  expect(both.filter((answer) => answer.body.auto_push.rollout_id !== null)).toHaveLength(1)
  expect(await rollouts(line)).toHaveLength(1)
})
