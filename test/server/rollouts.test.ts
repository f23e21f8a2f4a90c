// Rollouts over HTTP: start, verbs, refusals.
import { expect, test } from 'vitest'
import { bareStages, testLine } from '../support/test-line.ts'
import { rolloutOf, testRollout } from '../support/test-rollout.ts'
import { openTestService } from '../support/test-service.ts'

const service = await openTestService()
const { ask } = service

test('a preset starts with its own stages and pins the first of them', async () => {
  const line = await testLine(service, { stations: 8 })
  const answer = await line.start({ preset: 'standard', reason: 'faster fixture' })
  expect(answer.status).toBe(201)
  const { rollout, did } = answer.body
  expect(did).toMatch(/^started the rollout of Board .* v2$/)
  expect(rollout).toMatchObject({
    status: 'active',
    preset: 'standard',
    stage_index: 0,
    reason: 'faster fixture',
  })
  expect(
    rollout.stages.map((stage: { label: string; station_count: number }) => [
      stage.label,
      stage.station_count,
    ]),
  ).toEqual([
    ['1 station', 1],
    ['25 %', 2],
    ['50 %', 4],
    ['all stations', 8],
  ])
  const pins = await Promise.all(line.benches.map((bench) => line.pinned(bench)))
  expect(pins.filter((pin) => pin === line.next)).toHaveLength(1)
  expect(pins.filter((pin) => pin === line.base)).toHaveLength(7)
})

test('neither preset nor stages means standard; the procedure says how long a soak is', async () => {
  const line = await testLine(service, { stations: 4 })
  await ask('PATCH', `/api/v1/procedures/${line.procedure}`, { body: { soak_minutes: 5 } })
  const { rollout } = (await line.start()).body
  expect(rollout.preset).toBe('standard')
  expect(rollout.stages[0].soak.minutes).toBe(5)
})

test('ten per cent of three stations is one, and the final stage is all', async () => {
  const line = await testLine(service, { stations: 3 })
  const rollout = await testRollout(service, line, {
    stages: [{ target: { share: 0.1 } }, { target: { share: 1 } }],
  })
  expect((await rollout.get()).stages.map((stage: { station_count: number }) => stage.station_count)).toEqual(
    [1, 3],
  )
  expect(await rollout.canaries()).toHaveLength(1)
})

test('hand-picked stations come first, held ones and other groups are left out', async () => {
  const line = await testLine(service, { stations: 4 })
  const [held, picked] = [line.bench(0), line.bench(3)]
  await ask('PATCH', `/api/v1/stations/${held.id}`, { body: { held_reason: 'calibration' } })
  const rollout = await testRollout(service, line, { hand_picked: [picked.id], group: { sites: ['lyon'] } })
  expect((await rollout.canaries()).map((bench) => bench.id)).toEqual([picked.id])
  expect((await rollout.get()).stations).toHaveLength(3)
  expect(await line.start({ group: { sites: ['Rome'] } })).toMatchObject({ status: 409 })
})

test('a start that waits for an approval pins nothing until it has it', async () => {
  const line = await testLine(service, { stations: 3 })
  const answer = await line.start({ stages: bareStages, start_approvals: 1 })
  expect(answer.body.rollout).toMatchObject({ status: 'pending', stage_index: -1, started_at: null })
  const rollout = rolloutOf(service, line, answer.body.rollout.id)
  expect(await rollout.canaries()).toEqual([])
  expect(await rollout.verb('advance')).toMatchObject({ status: 409, body: { code: 'not_now' } })
  expect((await rollout.verb('approve')).body.rollout.status).toBe('active')
  expect(await rollout.canaries()).toHaveLength(1)
})

test('a start time is waited for', async () => {
  const line = await testLine(service, { stations: 2 })
  const at = service.clock.iso(60_000)
  const rollout = rolloutOf(
    service,
    line,
    (await line.start({ stages: bareStages, start_at: at })).body.rollout.id,
  )
  await service.judge(line.procedure)
  expect((await rollout.get()).status).toBe('pending')
  service.clock.pass(60_000)
  await service.judge(line.procedure)
  expect((await rollout.get()).status).toBe('active')
})

test.each([
  ['a preview build', { environment: 'preview' }, /is a preview build: promote it first/],
  ['a development build', { environment: 'development' }, /is a development build/],
  ['a failed build', { status: 'failed' }, /is not ready: its build failed/],
  ['a build under way', { status: 'building' }, /is not ready: its build is building/],
])('%s is refused as the target', async (_name, more, why) => {
  const line = await testLine(service, { stations: 1 })
  const answer = await line.start({ deployment_id: await line.build('v9', more) })
  expect(answer).toMatchObject({
    status: 422,
    body: { code: 'invalid', message: expect.stringMatching(why) },
  })
})

test('what cannot be started is refused, saying why and what to do', async () => {
  const line = await testLine(service, { stations: 2 })
  const other = await testLine(service, { stations: 1 })
  const empty = await testLine(service, { stations: 0 })
  const { body: bare } = await ask('POST', '/api/v1/procedures', { body: { name: 'Bare' } })
  const commit = { sha: 'abcdef0', message: 'm', author: 'A' }
  const { body: first } = await ask('POST', '/api/v1/deployments', {
    body: { procedure_id: bare.id, version: '1', commit },
  })
  expect(await line.start({ deployment_id: line.base })).toMatchObject({
    status: 422,
    body: { message: expect.stringMatching(/already runs/) },
  })
  expect(await line.start({ deployment_id: other.next })).toMatchObject({
    status: 404,
    body: { code: 'not_found' },
  })
  expect(await empty.start()).toMatchObject({
    status: 422,
    body: { message: expect.stringMatching(/no station/i) },
  })
  expect(
    await ask('POST', '/api/v1/rollouts', { body: { procedure_id: bare.id, deployment_id: first.id } }),
  ).toMatchObject({
    status: 409,
    body: { code: 'not_now', message: expect.stringMatching(/no active build/) },
  })
})

test.each([
  [
    'stages that shrink',
    { stages: [{ target: { share: 0.5 } }, { target: { share: 0.25 } }, { target: { share: 1 } }] },
    /stages\.1\.target/,
  ],
  ['a last stage that is not all', { stages: [{ target: { share: 0.5 } }] }, /last stage takes all/],
  ['no stages', { stages: [] }, /stages/],
  ['a gate that is none', { gates: [{ metric: 'smell', alpha: 0.01 }] }, /gates/],
  ['an alarm budget above 5 %', { gates: [{ metric: 'error rate', alpha: 0.06 }] }, /5 %/],
  ['an unknown preset', { preset: 'brave' }, /preset/],
  ['an unknown key', { stagez: [] }, /stagez/],
])('a plan with %s is a 422 that names it', async (_name, plan, why) => {
  const line = await testLine(service, { stations: 2 })
  const answer = await line.start(plan)
  expect(answer).toMatchObject({
    status: 422,
    body: { code: 'invalid', message: expect.stringMatching(why) },
  })
})

test('a procedure has one live rollout; another is told which', async () => {
  const line = await testLine(service, { stations: 2 })
  const rollout = await testRollout(service, line)
  const second = await line.start({ deployment_id: await line.build('v3') })
  expect(second).toMatchObject({
    status: 409,
    body: { code: 'not_now', message: expect.stringContaining(rollout.id) },
  })
})

test('a station with several procedures has a rollout of each at once', async () => {
  const line = await testLine(service, { stations: 1 })
  const other = await testLine(service, { stations: 0 })
  await ask('POST', `/api/v1/procedures/${other.procedure}/stations/${line.bench(0).id}`)
  await testRollout(service, line, { stages: [{ target: { share: 1 } }] })
  expect((await other.start({ stages: [{ target: { share: 1 } }] })).status).toBe(201)
  const { assignments } = (await line.assignments(line.bench(0))).body
  expect(assignments.map((each: { deployment: { id: string } }) => each.deployment.id).sort()).toEqual(
    [line.next, other.next].sort(),
  )
})

test('two starts at once make one rollout', async () => {
  const line = await testLine(service, { stations: 2 })
  const answers = await Promise.all([1, 2, 3].map(() => line.start({ stages: bareStages })))
  expect(answers.map((answer) => answer.status).sort()).toEqual([201, 409, 409])
})

test('each verb does what it says', async () => {
  const line = await testLine(service, { stations: 4 })
  const rollout = await testRollout(service, line)
  expect((await rollout.verb('pause', { reason: 'lunch' })).body.rollout).toMatchObject({
    status: 'paused',
    pause: { reason: 'person', why: 'lunch', by: { name: 'API', door: 'api' } },
  })
  expect(await rollout.verb('advance')).toMatchObject({
    status: 409,
    body: { code: 'not_now', message: expect.stringMatching(/paused: lunch/) },
  })
  expect((await rollout.verb('resume')).body.rollout).toMatchObject({ status: 'active', pause: null })

  const notReady = await rollout.verb('advance')
  expect(notReady).toMatchObject({
    status: 409,
    body: {
      code: 'not_ready',
      message: expect.stringMatching(/0 of 1 station confirmed.*Wait, or override/),
    },
  })
  expect((await rollout.verb('advance', { override: true })).status).toBe(422)
  await rollout.onward()
  expect(await rollout.canaries()).toHaveLength(2)
  const record = (await rollout.events()).find((event) => event.type === 'StageAdvanced')
  expect(record).toMatchObject({
    why: 'moved on by the test',
    override: expect.arrayContaining([expect.stringMatching(/confirmed/)]),
  })

  expect((await rollout.verb('undo', { reason: 'too early' })).body.rollout.stage_index).toBe(0)
  expect(await rollout.canaries()).toHaveLength(1)
  expect(
    (await rollout.verb('set', { share: 0.75, reason: 'lot 7 is clean', override: true })).body.rollout
      .stage_index,
  ).toBe(1)
  expect(await rollout.canaries()).toHaveLength(3)

  const silent = (await rollout.canaries())[0]
  const waived = await rollout.verb('waive', { station_id: silent?.id, reason: 'switched off' })
  expect(
    waived.body.rollout.stations.find((each: { id: string }) => each.id === silent?.id).waived,
  ).toMatchObject({ why: 'switched off' })
  expect(await rollout.verb('acknowledge', { gate: 'error rate', reason: 'known' })).toMatchObject({
    status: 409,
    body: { code: 'not_now' },
  })

  expect((await rollout.verb('abort', { reason: 'bad smell' })).body.rollout.abort).toMatchObject({
    why: 'bad smell',
  })
  for (const bench of line.benches) expect(await line.pinned(bench)).toBe(line.base)
})

test.each([
  ['pause', {}, 'reason'],
  ['pause', { reason: '   ' }, 'reason'],
  ['abort', {}, 'reason'],
  ['undo', {}, 'reason'],
  ['set', { reason: 'x' }, 'share'],
  ['set', { share: 0.5 }, 'reason'],
  ['set', { share: 1.5, reason: 'x' }, 'share'],
  ['waive', { reason: 'x' }, 'station_id'],
  ['waive', { station_id: '00000000-0000-4000-8000-000000000000', reason: 'x' }, 'station'],
  ['acknowledge', { reason: 'x' }, 'gate'],
  ['acknowledge', { gate: '', reason: 'x' }, 'gate'],
  ['advance', { unknown: 1 }, 'unknown'],
  ['abort', { reason: 'a\u0000b' }, 'U+0000'],
])('%s with %j is a 422 that names the %s', async (verb, body, field) => {
  const line = await testLine(service, { stations: 2 })
  const rollout = await testRollout(service, line)
  expect(await rollout.verb(verb, body)).toMatchObject({
    status: 422,
    body: { code: 'invalid', message: expect.stringContaining(field) },
  })
})

test('a command for an earlier version or stage is refused, naming who moved it and when', async () => {
  const line = await testLine(service, { stations: 4 })
  const rollout = await testRollout(service, line)
  const { version } = await rollout.get()
  await ask('POST', `/api/v1/rollouts/${rollout.id}/pause`, {
    body: { reason: 'look' },
    headers: { 'x-actor-name': 'Ana' },
  })
  for (const against of [{ expected_version: version }, { expected_stage_index: 1 }])
    expect(await rollout.verb('advance', { ...against, override: true, reason: 'late click' })).toMatchObject(
      {
        status: 409,
        body: {
          code: 'stale',
          message: expect.stringMatching(/Ana paused at 2026-.*it is now stage 1 of 3/),
        },
      },
    )
  const now = await rollout.get()
  expect(
    (await rollout.verb('resume', { expected_version: now.version, expected_stage_index: 0 })).status,
  ).toBe(200)
})

test('of two Advances at once one wins, and the other is told who won', async () => {
  const line = await testLine(service, { stations: 4 })
  const rollout = await testRollout(service, line)
  const { version } = await rollout.get()
  const click = (name: string) =>
    ask('POST', `/api/v1/rollouts/${rollout.id}/advance`, {
      body: { override: true, reason: 'go', expected_version: version },
      headers: { 'x-actor-name': name },
    })
  const answers = await Promise.all([click('Ana'), click('Ben')])
  const [won, lost] = answers[0]?.status === 200 ? answers : [answers[1], answers[0]]
  expect(won?.status).toBe(200)
  expect(lost).toMatchObject({
    status: 409,
    body: {
      code: 'stale',
      message: expect.stringContaining(`${won?.body.rollout.last_decision.by.name} advanced`),
    },
  })
  expect((await rollout.get()).stage_index).toBe(1)
})

test('the same command id is one command, whether it comes later or at the same time', async () => {
  const line = await testLine(service, { stations: 8 })
  const rollout = await testRollout(service, line)
  const once = (command_id: string) => rollout.verb('advance', { override: true, reason: 'go', command_id })
  const first = await once('click-1')
  const again = await once('click-1')
  expect(again).toMatchObject({ status: 200, body: { did: first.body.did } })
  expect((await rollout.get()).stage_index).toBe(1)
  await rollout.verb('undo', { reason: 'back' })
  const together = await Promise.all(['click-2', 'click-2', 'click-2'].map(once))
  expect(together.map((answer) => answer.status)).toEqual([200, 200, 200])
  expect((await rollout.get()).stage_index).toBe(1)
})

test('the same start is one rollout', async () => {
  const line = await testLine(service, { stations: 2 })
  const starts = await Promise.all(
    [1, 2, 3].map(() => line.start({ stages: bareStages, command_id: `start ${line.next}` })),
  )
  expect(starts.map((answer) => answer.status)).toEqual([201, 201, 201])
  expect(new Set(starts.map((answer) => answer.body.rollout.id)).size).toBe(1)
})

test('a refused command is not remembered: it may be tried again', async () => {
  const line = await testLine(service, { stations: 4 })
  const rollout = await testRollout(service, line)
  const command_id = `try ${rollout.id}`
  expect((await rollout.verb('advance', { command_id })).status).toBe(409)
  expect((await rollout.verb('advance', { command_id, override: true, reason: 'go' })).status).toBe(200)
})

test('terminal is terminal', async () => {
  const line = await testLine(service, { stations: 2 })
  const rollout = await testRollout(service, line)
  await rollout.verb('abort', { reason: 'no' })
  expect((await rollout.get()).status).toBe('aborted')
  for (const verb of ['advance', 'resume', 'approve'])
    expect(await rollout.verb(verb)).toMatchObject({ status: 409, body: { code: 'terminal' } })
  expect((await rollout.verb('abort', { reason: 'again' })).status).toBe(200)
})

test('rollouts are listed newest first, by procedure, and live ones alone', async () => {
  const line = await testLine(service, { stations: 2 })
  const first = await testRollout(service, line)
  await first.verb('abort', { reason: 'no' })
  service.clock.pass(1_000)
  const second = await testRollout(service, line)
  const list = async (query: string) =>
    (await ask('GET', `/api/v1/rollouts?procedure_id=${line.procedure}${query}`)).body.data.map(
      (each: { id: string }) => each.id,
    )
  expect(await list('')).toEqual([second.id, first.id])
  expect(await list('&live=true')).toEqual([second.id])
  expect(await list('&limit=1')).toEqual([second.id])
  expect((await ask('GET', '/api/v1/rollouts?limit=0')).status).toBe(422)
})

test('the record tells what happened, by whom, when and why, in order', async () => {
  const line = await testLine(service, { stations: 2 })
  const rollout = await testRollout(service, line)
  await rollout.verb('abort', { reason: 'no' })
  const events = await rollout.events()
  expect(events.map((event) => [event.sequence, event.type])).toEqual([
    [1, 'RolloutCreated'],
    [2, 'RolloutStarted'],
    [3, 'StageStarted'],
    [4, 'RolloutAborted'],
    [5, 'AbortFinished'],
  ])
  expect(events[3]).toMatchObject({
    why: 'no',
    by: { kind: 'program', name: 'API', door: 'api' },
    at: service.clock.now(),
  })
})
