// Hours and freezes: they keep a rollout from taking stations, and from nothing else.
import { describe, expect, test } from 'vitest'
import { presetPlan } from '../../server/domain/presets.ts'
import { bareStages, type TestLine, testLine } from '../support/test-line.ts'
import { rolloutOf, testRollout } from '../support/test-rollout.ts'
import { openTestService } from '../support/test-service.ts'

const service = await openTestService()
const { ask, clock } = service
const hour = 3_600_000

const urlOf = (line: TestLine) => `/api/v1/procedures/${line.procedure}`
const policyOf = async (line: TestLine) => (await ask('GET', `${urlOf(line)}/policy`)).body
const freeze = (line: TestLine, body: object = {}) =>
  ask('POST', `${urlOf(line)}/freezes`, { body: { why: 'inventory', ...body } })
const lift = (line: TestLine, id: string) =>
  ask('DELETE', `${urlOf(line)}/freezes/${id}?reason=all%20counted`)
async function frozen(line: TestLine, body: object = {}): Promise<string> {
  const answer = await freeze(line, body)
  expect(answer.status).toBe(200)
  return answer.body.policy.freezes.at(-1).id
}
async function setHours(line: TestLine, hours: object[], more: object = {}): Promise<void> {
  const body = { policy: { hours, ...more }, expected_version: (await policyOf(line)).version }
  expect((await ask('PUT', `${urlOf(line)}/policy`, { body })).status).toBe(200)
}
const wall = (ms: number) => clock.iso(ms).slice(11, 16)
/** Every day for two hours, the next time in so many hours. */
const opensIn = (hours: number, more: object = {}) => ({
  zone: 'UTC',
  from: wall(hours * hour),
  to: wall((hours + 2) * hour),
  ...more,
})
const kinds = (view: { readiness: { items: { kind: string; met: boolean }[] } }) =>
  view.readiness.items.filter((item) => !item.met).map((item) => item.kind)
const override = { override: true, reason: 'lot 7 is clean' }

describe('a freeze', () => {
  test('holds an advance, which nobody overrides, and never an abort', async () => {
    const line = await testLine(service)
    const rollout = await testRollout(service, line)
    await frozen(line)
    const view = await rollout.get()
    expect(kinds(view)).toContain('freeze')
    expect(view.waits_for).toContain('frozen until lifted: inventory')
    for (const body of [{}, override])
      expect(await rollout.verb('advance', body)).toMatchObject({
        status: 409,
        body: {
          code: 'not_now',
          message: expect.stringMatching(/^Frozen until lifted: inventory\. Lift the freeze/),
        },
      })
    expect((await rollout.verb('set', { share: 1, ...override })).status).toBe(409)
    expect(await rollout.canaries()).toHaveLength(1)
    expect((await rollout.verb('abort', { reason: 'bad smell' })).status).toBe(200)
    for (const bench of line.benches) expect(await line.pinned(bench)).toBe(line.base)
  })

  test('that is lifted holds nothing; lifting it again changes nothing', async () => {
    const line = await testLine(service)
    const rollout = await testRollout(service, line)
    const id = await frozen(line)
    expect((await lift(line, id)).body).toMatchObject({
      did: expect.stringMatching(/^lifted the freeze of Board .*: inventory$/),
      policy: { version: 2, freezes: [], changed: { why: 'all counted', by: { name: 'API' } } },
    })
    expect(await lift(line, id)).toMatchObject({ status: 200, body: { policy: { version: 2 } } })
    await rollout.onward()
    expect(await rollout.canaries()).toHaveLength(2)
  })

  test('with an end is over by itself', async () => {
    const line = await testLine(service)
    const rollout = await testRollout(service, line)
    await frozen(line, { until: clock.iso(hour) })
    clock.pass(hour - 1)
    expect((await rollout.verb('advance', override)).status).toBe(409)
    clock.pass(1)
    await rollout.onward()
    expect((await policyOf(line)).freezes).toMatchObject([{ in_force: false }])
  })

  test('of a site holds the stages that take its stations, however they are asked for', async () => {
    const line = await testLine(service, { stations: 3 })
    const rome = [await line.addBench({ site: 'Rome' }), await line.addBench({ site: 'Rome' })]
    const lyon = line.benches.filter((bench) => !rome.includes(bench))
    const stages = [{ target: { stations: 1 } }, { target: { stations: 3 } }, { target: { share: 1 } }]
    const rollout = await testRollout(service, line, { stages, hand_picked: lyon.map((bench) => bench.id) })
    await frozen(line, { sites: ['rome'] })
    // To all of them, Rome is among the stations; up to the third one it is not.
    expect((await rollout.verb('set', { share: 1, ...override })).body.message).toMatch(
      /^Frozen at Rome until lifted/,
    )
    expect((await rollout.verb('set', { share: 0.8, ...override })).body.message).toMatch(/^Frozen at Rome/)
    expect((await rollout.verb('set', { share: 0.4, ...override })).status).toBe(200)
    await rollout.onward()
    expect(await rollout.canaries()).toHaveLength(3)
    expect((await rollout.verb('advance', override)).body.message).toMatch(/^Frozen at Rome/)
  })

  test('does not hold the end of the last stage, which takes no station', async () => {
    const line = await testLine(service, { stations: 2 })
    const rollout = await testRollout(service, line, { stages: [{ target: { share: 1 } }] })
    await frozen(line)
    expect(kinds(await rollout.get())).not.toContain('freeze')
    expect((await rollout.verb('advance', override)).body.rollout.status).toBe('completed')
  })

  test('never holds a rollback', async () => {
    const line = await testLine(service, { stations: 2 })
    const rollout = await testRollout(service, line, { stages: [{ target: { share: 1 } }] })
    await rollout.onward()
    await frozen(line)
    const back = await ask('POST', `${urlOf(line)}/rollback`, {
      body: { deployment_id: line.base, reason: 'field returns' },
    })
    expect(back.status).toBe(200)
    for (const bench of line.benches) expect(await line.pinned(bench)).toBe(line.base)
  })

  test('is recorded with who, when and why, and repeated it is one', async () => {
    const line = await testLine(service, { stations: 1 })
    const body = { why: 'inventory', until: clock.iso(hour), sites: ['Lyon'] }
    const headers = { 'x-actor-name': 'Ana' }
    const asked = () => ask('POST', `${urlOf(line)}/freezes`, { body, headers })
    const [first, second] = [await asked(), await asked()]
    expect(first.body.did).toBe(second.body.did)
    expect(first.body.did).toMatch(/^froze Board .* at Lyon until 2026-.*Z: inventory$/)
    expect(second.body.policy).toMatchObject({
      version: 1,
      freezes: [
        {
          from: clock.iso(),
          to: body.until,
          sites: ['Lyon'],
          by: { name: 'Ana', door: 'api' },
          in_force: true,
        },
      ],
      changed: { by: { name: 'Ana' }, at: clock.iso(), why: 'inventory' },
    })
  })

  test('of two people at once is two freezes, and one of them is lifted alone', async () => {
    const line = await testLine(service, { stations: 1 })
    await Promise.all(['inventory', 'audit'].map((why) => freeze(line, { why })))
    const { freezes, version } = await policyOf(line)
    expect([version, freezes.map((each: { why: string }) => each.why).sort()]).toEqual([
      2,
      ['audit', 'inventory'],
    ])
    const audit = freezes.find((each: { why: string }) => each.why === 'audit')
    await Promise.all([lift(line, audit.id), lift(line, audit.id)])
    expect((await policyOf(line)).freezes).toMatchObject([{ why: 'inventory' }])
  })

  test('of the organisation holds every procedure, and is lifted where it was set', async () => {
    const line = await testLine(service)
    const rollout = await testRollout(service, line)
    const set = await ask('POST', '/api/v1/freezes', { body: { why: 'holidays' } })
    const [held] = (await policyOf(line)).freezes
    expect(held).toMatchObject({ scope: 'organisation', why: 'holidays', in_force: true })
    expect((await lift(line, held.id)).body.did).toMatch(
      /^found no such freeze of Board .*; still frozen by the organisation: holidays$/,
    )
    const blocked = await rollout.verb('advance', override)
    await ask('DELETE', `/api/v1/freezes/${set.body.policy.freezes.at(-1).id}`)
    expect(blocked.body.message).toMatch(/^Frozen until lifted: holidays/)
    await rollout.onward()
  })

  test('is lifted without its id, all that are in force at once', async () => {
    const line = await testLine(service, { stations: 1 })
    const by = { kind: 'person', id: 'U1', name: 'Ana', door: 'slack' } as const
    for (const why of ['inventory', 'audit']) await freeze(line, { why })
    await setHoursKeepingFreezes(line)
    const lifted = await service.service.unfreeze(line.procedure, { id: null, why: 'done' }, by)
    expect(lifted).toMatchObject({ did: expect.stringMatching(/: inventory; .*: audit$/) })
    expect((await policyOf(line)).freezes).toMatchObject([{ why: 'yet to come' }])
  })

  async function setHoursKeepingFreezes(line: TestLine): Promise<void> {
    const { own, version } = await policyOf(line)
    const coming = { from: clock.iso(hour), to: null, why: 'yet to come' }
    const policy = { ...own, freezes: [...own.freezes, coming] }
    await ask('PUT', `${urlOf(line)}/policy`, { body: { policy, expected_version: version } })
  }

  test.each([
    [{ why: ' ' }, 'body.why', /why nothing may move/],
    [{ why: 'x'.repeat(201) }, 'body.why', /200/],
    [{ until: 'tomorrow' }, 'body.until', /expected a time with its zone.*tomorrow/],
    [{ until: '2026-12-24T18:00:00' }, 'body.until', /expected a time with its zone/],
    [{ until: '2020-12-24T18:00:00Z' }, 'body.until', /a freeze ends after it begins/],
    [{ sites: [''] }, 'body.sites.0', /./],
    [{ by: 'me' }, 'body.', /by/],
  ])('with %j is a 422 that names %s', async (body, path, why) => {
    const line = await testLine(service, { stations: 1 })
    const answer = await freeze(line, body)
    expect(answer).toMatchObject({ status: 422, body: { code: 'invalid' } })
    expect(answer.body.issues).toEqual([{ path, message: expect.stringMatching(why) }])
    expect((await policyOf(line)).version).toBe(0)
  })

  test('of a site that no station has is refused: it would hold nothing', async () => {
    const line = await testLine(service, { stations: 1 })
    expect(await freeze(line, { sites: ['Lyon', 'Lyonn'] })).toMatchObject({
      status: 422,
      body: { message: expect.stringMatching(/^No station is at "Lyonn"\. Known sites are: .*Lyon/) },
    })
  })
})

describe('outside the hours', () => {
  test('an advance waits until they open; the test clock opens them', async () => {
    const line = await testLine(service)
    const rollout = await testRollout(service, line)
    await setHours(line, [opensIn(1)])
    expect(kinds(await rollout.get())).toContain('window')
    const no = await rollout.verb('advance')
    expect(no).toMatchObject({
      status: 409,
      body: {
        code: 'not_ready',
        message: expect.stringContaining(
          `outside the hours of Lyon (daily ${wall(hour)}–${wall(3 * hour)} UTC)`,
        ),
      },
    })
    clock.pass(hour)
    expect(kinds(await rollout.get())).not.toContain('window')
    clock.pass(2 * hour)
    expect(kinds(await rollout.get())).toContain('window')
  })

  test('a person may advance with a reason, and it is recorded', async () => {
    const line = await testLine(service)
    const rollout = await testRollout(service, line)
    await setHours(line, [opensIn(1)])
    await rollout.onward()
    const advanced = (await rollout.events()).find((event) => event.type === 'StageAdvanced')
    expect(advanced).toMatchObject({
      why: 'moved on by the test',
      override: expect.arrayContaining([expect.stringMatching(/^outside the hours of Lyon/)]),
    })
  })

  test('only the sites of the stations that come next are asked', async () => {
    const line = await testLine(service, { stations: 2 })
    const rome = await line.addBench({ site: 'Rome' })
    const hand_picked = [...line.benches].filter((bench) => bench.id !== rome.id).map((bench) => bench.id)
    const stages = [{ target: { stations: 1 } }, { target: { stations: 2 } }, { target: { share: 1 } }]
    const rollout = await testRollout(service, line, { stages, hand_picked })
    await setHours(line, [opensIn(1, { sites: ['Rome'] })])
    expect(kinds(await rollout.get())).not.toContain('window')
    await rollout.onward()
    expect(kinds(await rollout.get())).toContain('window')
  })
})

describe('overnight', () => {
  test('a rollout goes on judging and only takes no station, where nothing else is said', async () => {
    const line = await testLine(service)
    const rollout = await testRollout(service, line)
    await setHours(line, [opensIn(1)])
    await service.judge(line.procedure)
    expect((await rollout.get()).status).toBe('active')
  })

  test('it rests where the policy says so, and goes on by itself when the hours open', async () => {
    const line = await testLine(service)
    const rollout = await testRollout(service, line)
    await setHours(line, [opensIn(1)], { overnight: 'pause' })
    await service.judge(line.procedure)
    expect(await rollout.get()).toMatchObject({
      status: 'paused',
      pause: {
        reason: 'window',
        why: expect.stringMatching(/^outside the hours of Lyon/),
        by: { kind: 'service' },
      },
    })
    clock.pass(hour)
    await service.judge(line.procedure)
    expect((await rollout.get()).status).toBe('active')
  })

  test('it is aborted while it rests as at any time', async () => {
    const line = await testLine(service)
    const rollout = await testRollout(service, line)
    await setHours(line, [opensIn(1)], { overnight: 'pause' })
    await service.judge(line.procedure)
    expect((await rollout.verb('abort', { reason: 'bad smell' })).status).toBe(200)
  })
})

describe('a start', () => {
  test('in a freeze is refused, with what can be done; after its end it waits for its time', async () => {
    const line = await testLine(service)
    await frozen(line, { until: clock.iso(hour) })
    const now = await line.start({ stages: bareStages })
    expect(now).toMatchObject({ status: 409, body: { code: 'not_now' } })
    expect(now.body.message).toMatch(/^The first stage may take no station: frozen until .*: inventory\. /)
    expect(now.body.message).toContain(
      `Lift the freeze, or start it with a start time after it, which is at ${clock.iso(hour)}.`,
    )
    const within = await line.start({ stages: bareStages, start_at: clock.iso(hour / 2) })
    expect(within.body.message).toContain(`may take no station at ${clock.iso(hour / 2)}: frozen`)
    const after = await line.start({ stages: bareStages, start_at: clock.iso(hour) })
    expect(after).toMatchObject({ status: 201, body: { rollout: { status: 'pending' } } })
  })

  test('outside the hours is refused; at a start time within them it is not', async () => {
    const line = await testLine(service)
    await setHours(line, [opensIn(2)])
    const now = await line.start({ stages: bareStages })
    expect(now.status).toBe(409)
    expect(now.body.message).toContain(
      `Start it with a start time within the hours, which is at ${clock.iso(2 * hour)}.`,
    )
    expect((await line.start({ stages: bareStages, start_at: clock.iso(hour) })).status).toBe(409)
    expect((await line.start({ stages: bareStages, start_at: clock.iso(2 * hour) })).status).toBe(201)
  })

  test('that was set for a time waits when a freeze has come meanwhile, and starts by itself when it is lifted', async () => {
    const line = await testLine(service)
    const set = await line.start({ stages: bareStages, start_at: clock.iso(hour) })
    const rollout = rolloutOf(service, line, set.body.rollout.id)
    const id = await frozen(line)
    clock.pass(hour)
    await service.judge(line.procedure)
    expect(await rollout.get()).toMatchObject({
      status: 'pending',
      waits_for: ['frozen until lifted: inventory'],
    })
    await lift(line, id)
    await service.judge(line.procedure)
    expect((await rollout.get()).status).toBe('active')
  })

  test('that is approved in a freeze keeps the approval and waits', async () => {
    const line = await testLine(service)
    const asked = await line.start({ stages: bareStages, start_approvals: 1 })
    const rollout = rolloutOf(service, line, asked.body.rollout.id)
    const id = await frozen(line)
    expect((await rollout.verb('approve')).status).toBe(200)
    expect((await rollout.get()).status).toBe('pending')
    await lift(line, id)
    await service.judge(line.procedure)
    expect((await rollout.get()).status).toBe('active')
  })

  test('is held by the sites of its first stage alone', async () => {
    const line = await testLine(service, { stations: 1 })
    await line.addBench({ site: 'Rome' })
    await frozen(line, { sites: ['Rome'] })
    const first = (index: number) => ({ stages: bareStages, hand_picked: [line.bench(index).id] })
    expect((await line.start(first(1))).body.message).toMatch(/frozen at Rome/)
    expect((await line.start(first(0))).status).toBe(201)
  })

  test('in place of another one is refused as a whole: the present rollout stays', async () => {
    const line = await testLine(service)
    const rollout = await testRollout(service, line)
    await frozen(line)
    const answer = await rollout.verb('supersede', {
      procedure_id: line.procedure,
      deployment_id: await line.build('v3'),
      stages: bareStages,
    })
    expect(answer.status).toBe(409)
    expect((await rollout.get()).status).toBe('active')
  })

  test('is told in the preview before it is tried', async () => {
    const line = await testLine(service)
    const preview = () => service.service.preview(line.procedure, presetPlan('standard'))
    expect(await preview()).toMatchObject({ closedBecause: null })
    await frozen(line)
    expect(await preview()).toMatchObject({ closedBecause: 'frozen until lifted: inventory' })
  })

  test('shows its gates in the preview as the policy has them', async () => {
    const line = await testLine(service)
    const body = { policy: { gates: [{ metric: 'duration' }] }, expected_version: 0 }
    await ask('PUT', `${urlOf(line)}/policy`, { body })
    expect(await service.service.preview(line.procedure, presetPlan('standard'))).toMatchObject({
      plan: { gates: [{ name: 'duration' }] },
    })
  })
})

test('a station of a closed site is expected to be silent, and its silence counts from the opening on', async () => {
  const line = await testLine(service)
  const rollout = await testRollout(service, line)
  await rollout.confirm()
  const [canary] = await rollout.canaries()
  if (!canary) throw new Error('the rollout has no canary')
  await setHours(line, [opensIn(10)])
  const troubleAfter = async (hours: number) => {
    clock.pass(hours * hour)
    await service.judge(line.procedure)
    return (await rollout.station(canary)).trouble?.kind ?? null
  }
  expect(await troubleAfter(9)).toBeNull()
  expect(await troubleAfter(1.25)).toBeNull()
  expect(await troubleAfter(0.5)).toBe('stale')
})
