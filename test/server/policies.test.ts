// Policies over HTTP: read, changed as a whole, and kept in versions.
import { beforeEach, describe, expect, test } from 'vitest'
import { loadRollout } from '../../db/rollout-storage.ts'
import type { RolloutId } from '../../server/domain/ids.ts'
import { bareStages, testLine } from '../support/test-line.ts'
import { testRollout } from '../support/test-rollout.ts'
import { openTestService } from '../support/test-service.ts'

const service = await openTestService()
const { ask } = service
const organisation = '/api/v1/policy'
const unknown = '00000000-0000-4000-8000-000000000000'

type Named = { version: number }
const read = async (url: string) => (await ask('GET', url)).body
const put = (url: string, policy: object, more: object = {}, by = 'Ana') =>
  ask('PUT', url, { body: { policy, ...more }, headers: { 'x-actor-name': by } })
/** On the version that is in force. */
async function set(url: string, policy: object, reason = 'agreed with quality'): Promise<Named> {
  const answer = await put(url, policy, { expected_version: (await read(url)).version, reason })
  expect(answer.body).toMatchObject({ did: expect.any(String) })
  expect(answer.status).toBe(200)
  return answer.body.policy
}
const policyOf = (line: { procedure: string }) => `/api/v1/procedures/${line.procedure}/policy`
const planOf = async (id: RolloutId) => (await loadRollout(service.database.db, id))?.state.plan

beforeEach(async () => {
  await set(organisation, {})
})

test('where nobody has set a policy it says so, and the defaults hold', async () => {
  const line = await testLine(service, { stations: 0 })
  expect(await read(policyOf(line))).toMatchObject({
    scope: line.procedure,
    version: 0,
    own: { risk_class: null, gates: null, auto_rollback: null, hours: [], freezes: [] },
    effective: { risk_class: 'standard', passes: 'likely', auto_rollback: false, overnight: 'go on' },
    freezes: [],
    changed: null,
  })
})

test('a policy is set by its author for a reason, and its history tells every version', async () => {
  const line = await testLine(service, { stations: 0 })
  const url = policyOf(line)
  const first = await put(url, { risk_class: 'high' }, { expected_version: 0, reason: 'medical' })
  expect(first).toMatchObject({
    status: 200,
    body: {
      did: expect.stringMatching(/^changed the policy of Board .* \(version 1\)$/),
      policy: { version: 1, own: { risk_class: 'high' }, effective: { passes: 'proven' } },
    },
  })
  service.clock.pass(60_000)
  await put(url, { risk_class: 'low' }, { expected_version: 1 }, 'Ben')
  expect(await read(url)).toMatchObject({
    version: 2,
    own: { risk_class: 'low' },
    changed: { by: { name: 'Ben', door: 'api' }, at: service.clock.iso(), why: null },
  })
  expect((await read(`${url}/history`)).data).toMatchObject([
    { version: 2, policy: { risk_class: 'low' }, by: { name: 'Ben' }, at: service.clock.iso(), why: null },
    {
      version: 1,
      policy: { risk_class: 'high' },
      by: { name: 'Ana' },
      at: service.clock.iso(-60_000),
      why: 'medical',
    },
  ])
})

test("a procedure keeps to the organisation's policy where its own leaves it open", async () => {
  const line = await testLine(service, { stations: 0 })
  await set(organisation, { risk_class: 'high', auto_rollback: true, overnight: 'pause' })
  await set(policyOf(line), { overnight: 'go on' })
  expect((await read(policyOf(line))).effective).toMatchObject({
    risk_class: 'high',
    auto_rollback: true,
    overnight: 'go on',
  })
})

test('no gate rolls back by itself until somebody allows it', async () => {
  expect((await read(organisation)).own.auto_rollback).toBe(false)
  const line = await testLine(service, { stations: 0 })
  await set(policyOf(line), { risk_class: 'high' })
  expect((await read(policyOf(line))).effective.auto_rollback).toBe(false)
})

test('what was read can be sent back as it came, and a gate added to it', async () => {
  const line = await testLine(service, { stations: 0 })
  const url = policyOf(line)
  await set(url, {
    gates: [{ metric: 'error rate', margin_points: 0.01 }],
    hours: [{ zone: 'Europe/Paris', from: '07:00', to: '19:00' }],
    freezes: [{ from: '2026-12-24T00:00:00+01:00', to: '2027-01-02T00:00:00+01:00', why: 'holidays' }],
    shifts: { zone: 'Europe/Paris', starts: ['06:00', '14:00', '22:00'] },
    stage_minutes: 90,
    stage_approvals: 1,
  })
  const { own } = await read(url)
  expect(own.gates).toEqual([{ metric: 'error rate', margin_points: 0.01 }])
  await set(url, own)
  expect((await read(url)).own).toEqual(own)
  await set(url, { ...own, gates: [...own.gates, { metric: 'duration' }] })
  const alphas = (await read(url)).effective.gates.map((gate: { alpha: number }) => gate.alpha)
  expect(alphas).toEqual([0.025, 0.025])
})

test('a freeze that comes with a policy is signed by its writer, whatever it says of itself', async () => {
  const line = await testLine(service, { stations: 0 })
  const url = policyOf(line)
  const by = { kind: 'person', id: 'U1', name: 'Somebody', door: 'slack' }
  const freezes = [{ from: '2026-12-24T00:00:00Z', to: null, why: 'holidays', by }]
  await put(url, { freezes }, { expected_version: 0 }, 'Ana')
  await put(url, { ...(await read(url)).own, stage_minutes: 5 }, { expected_version: 1 }, 'Ben')
  expect((await read(url)).own.freezes[0].by).toMatchObject({ name: 'Ana', door: 'api' })
})

describe('of two writers', () => {
  test('the later one is told who changed it and when, and that nothing of his is lost', async () => {
    const line = await testLine(service, { stations: 0 })
    const url = policyOf(line)
    await put(url, { stage_minutes: 10 }, { expected_version: 0 }, 'Ana')
    const late = await put(url, { stage_minutes: 20 }, { expected_version: 0 }, 'Ben')
    expect(late).toMatchObject({ status: 409, body: { code: 'stale' } })
    expect(late.body.message).toBe(
      `The policy has moved on: Ana changed it at ${service.clock.iso()}; it is version 1 now, and version 0 was read. Read it again, then change it.`,
    )
    expect((await read(url)).own.stage_minutes).toBe(10)
  })

  test('at the same moment one wins', async () => {
    const line = await testLine(service, { stations: 0 })
    const url = policyOf(line)
    const answers = await Promise.all(
      [1, 2, 3, 4].map((stage_minutes) => put(url, { stage_minutes }, { expected_version: 0 })),
    )
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 409, 409, 409])
    expect((await read(`${url}/history`)).data).toHaveLength(1)
  })

  test('a version that never was is refused, too', async () => {
    const line = await testLine(service, { stations: 0 })
    expect(await put(policyOf(line), {}, { expected_version: 7 })).toMatchObject({
      status: 409,
      body: { code: 'stale', message: expect.stringMatching(/version 7 was never there/i) },
    })
  })
})

test('a body nested without end is refused, in a policy and in a plan', async () => {
  const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`
  const { version } = await read(organisation)
  for (const [method, url, body] of [
    ['PUT', organisation, `{"policy":{"gates":${deep}},"expected_version":${version}}`],
    [
      'POST',
      '/api/v1/rollouts',
      `{"procedure_id":"${unknown}","deployment_id":"${unknown}","stages":[${deep}]}`,
    ],
  ] as const) {
    const headers = { 'content-type': 'application/json' }
    const { status, body: answer } = await ask(method, url, { body, headers })
    expect([status, answer.code]).toEqual([422, 'invalid'])
  }
})

test('an id that is none is refused on every way to a procedure’s policy, as on every other', async () => {
  for (const [method, path, body] of [
    ['GET', 'policy', undefined],
    ['PUT', 'policy', { policy: {}, expected_version: 0 }],
    ['GET', 'policy/history', undefined],
    ['POST', 'freezes', { why: 'audit' }],
    ['DELETE', 'freezes/0123456789ab', undefined],
  ] as const)
    expect(await ask(method, `/api/v1/procedures/17/${path}`, { body })).toMatchObject({
      status: 422,
      body: { code: 'invalid', message: expect.stringContaining('params.id') },
    })
})

test('every fault is named with its place, as it was written', async () => {
  const line = await testLine(service, { stations: 0 })
  const answer = await put(
    policyOf(line),
    {
      risk_class: 'brave',
      gates: [{ metric: 'error rate', margin_relative: 0.5 }],
      hours: [{ zone: 'Paris', from: '07:00', to: '19:00' }],
      freezes: [{ from: '2026-12-24', to: null, why: ' ' }],
      stage_minutes: -1,
    },
    { expected_version: 0 },
  )
  expect(answer).toMatchObject({ status: 422, body: { code: 'invalid' } })
  const places = [
    'body.policy.freezes.0.from',
    'body.policy.freezes.0.why',
    'body.policy.gates.0.margin_relative',
    'body.policy.hours.0.zone',
    'body.policy.risk_class',
    'body.policy.stage_minutes',
  ]
  expect(answer.body.issues.map((issue: { path: string }) => issue.path).sort()).toEqual(places)
  for (const place of places) expect(answer.body.message).toContain(`${place}: `)
  expect((await read(policyOf(line))).version).toBe(0)
})

test.each([
  [{ policy: { stagez: 1 }, expected_version: 0 }, /stagez/],
  [
    { policy: { gates: [{ metric: 'error rate', alpha: 0.06 }] }, expected_version: 0 },
    /alarm budget of 5 %/,
  ],
  [{ policy: {} }, /expected_version/],
  [{ expected_version: 0 }, /policy/],
  [{ policy: [], expected_version: 0 }, /policy/],
  [
    {
      policy: { freezes: [{ from: '2026-12-24T00:00:00Z', to: null, why: 'a\u0000b' }] },
      expected_version: 0,
    },
    /U\+0000/,
  ],
])('%j is a 422 that says why', async (body, why) => {
  const line = await testLine(service, { stations: 0 })
  expect(await ask('PUT', policyOf(line), { body })).toMatchObject({
    status: 422,
    body: { code: 'invalid', message: expect.stringMatching(why) },
  })
})

test.each([
  ['GET', `/api/v1/procedures/${unknown}/policy`, undefined],
  ['GET', `/api/v1/procedures/${unknown}/policy/history`, undefined],
  ['PUT', `/api/v1/procedures/${unknown}/policy`, { policy: {}, expected_version: 0 }],
  ['POST', `/api/v1/procedures/${unknown}/freezes`, { why: 'audit' }],
  ['DELETE', `/api/v1/procedures/${unknown}/freezes/0`, undefined],
] as const)('%s %s is a 404', async (method, url, body) => {
  expect(await ask(method, url, body ? { body } : {})).toMatchObject({
    status: 404,
    body: { code: 'not_found', message: expect.stringMatching(/^There is no(?: such)? procedure/) },
  })
})

test.each([
  ['GET', organisation, undefined],
  ['GET', `${organisation}/history`, undefined],
  ['PUT', organisation, { policy: {}, expected_version: 0 }],
  ['POST', '/api/v1/freezes', { why: 'audit' }],
  ['DELETE', '/api/v1/freezes/0', undefined],
] as const)('%s %s is for the admin token', async (method, url, body) => {
  expect((await ask(method, url, { token: null, ...(body ? { body } : {}) })).status).toBe(401)
})

describe('a rollout', () => {
  test('has the gates of its class, and those it named where it names some', async () => {
    const [line, other] = [await testLine(service), await testLine(service)]
    for (const each of [line, other]) await set(policyOf(each), { risk_class: 'high', stage_minutes: 45 })
    const rollout = await testRollout(service, line)
    const high = await planOf(rollout.id)
    expect(high?.gates.map((gate) => [gate.name, gate.mode])).toContainEqual(['error rate', 'roll back'])
    expect(high).toMatchObject({ passes: 'proven', longestStageMinutes: 45 })
    const own = await planOf((await testRollout(service, other, { gates: [{ metric: 'duration' }] })).id)
    expect(own?.gates.map((gate) => gate.name)).toEqual(['duration'])
    expect(own?.passes).toBe('proven')
  })

  test('that runs keeps its plan when the policy changes', async () => {
    const line = await testLine(service)
    const rollout = await testRollout(service, line)
    const before = await planOf(rollout.id)
    await set(policyOf(line), {
      risk_class: 'high',
      gates: [{ metric: 'duration' }],
      stage_approvals: 3,
      shifts: { zone: 'Asia/Kolkata', starts: ['06:00'] },
    })
    expect((await rollout.verb('set', { share: 0.5, reason: 'on', override: true })).status).toBe(200)
    expect(await planOf(rollout.id)).toMatchObject({
      gates: before?.gates,
      passes: before?.passes,
      shifts: before?.shifts,
      stages: [{ approvals: 0 }, { approvals: 0 }, { approvals: 0 }],
    })
  })

  test('waits for the approvals that the policy asks, at its start and at every advance', async () => {
    const line = await testLine(service)
    await set(policyOf(line), { start_approvals: 1, stage_approvals: 1 })
    const answer = await line.start({ stages: bareStages, start_approvals: 0 })
    expect(answer.body.rollout).toMatchObject({ status: 'pending' })
    const plan = await planOf(answer.body.rollout.id)
    expect(plan?.stages.map((stage) => stage.approvals)).toEqual([1, 1, 0])
  })

  test.each([
    ['is paused by a severe breach', {}, 'paused'],
    ['is rolled back by it where the policy allows that', { auto_rollback: true }, 'aborting'],
  ])('of the high class %s', async (_what, more, status) => {
    const line = await testLine(service)
    const hour = 3_600_000
    await set(policyOf(line), { risk_class: 'high', ...more })
    await line.runs(
      line.benches.flatMap((station) =>
        Array.from({ length: 100 }, (_, index) => ({
          station,
          deployment: line.base,
          start: -9 * hour + index * 300_000,
        })),
      ),
    )
    const rollout = await testRollout(service, line)
    await rollout.confirm()
    const [canary] = await rollout.canaries()
    if (!canary) throw new Error('no canary')
    service.clock.pass(hour)
    await line.runs(
      Array.from({ length: 60 }, (_, index) => ({
        station: canary,
        deployment: line.next,
        outcome: 'FAIL',
        start: -50 * 60_000 + index * 30_000,
      })),
    )
    await service.judge(line.procedure)
    expect((await rollout.get()).status).toBe(status)
  })
})
