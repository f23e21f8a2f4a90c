// TofuPilot in trouble, or somebody at work in it: what a rollout does, and what people are told.
import { expect, test } from 'vitest'
import { backedLine, pollSeconds } from '../support/backed-line.ts'
import { error } from '../support/tofupilot-stand-in.ts'

const line = await backedLine()
const { ask, clock, tofupilot } = line
const minute = 60_000
const stages = [
  { target: { stations: 1 }, soak: { minutes: 30 } },
  { target: { share: 1 }, soak: { minutes: 0 } },
]
const canary = () =>
  tofupilot.stations.find(({ given }) => given === next.id) ?? expect.unreachable('no canary')
const events = async (): Promise<{ type: string; why?: string; reason?: string }[]> =>
  (await ask('GET', `/api/v1/rollouts/${rollout}/events`)).body.data
let next: Awaited<ReturnType<typeof line.newBuild>>
let rollout = ''

test('a start is refused while TofuPilot has pushed the build by itself, and says how to switch that off', async () => {
  const pushed = await line.newBuild('a0a0')
  const [first] = tofupilot.stations
  if (first) tofupilot.give(first, pushed)
  clock.pass(minute)
  await line.look()
  const refused = await line.start(pushed.sha, { stages })
  expect(refused.status).toBe(409)
  expect(refused.body.message).toContain(`gives ${pushed.sha.slice(0, 7)} to ${first?.name} already`)
  expect(refused.body.message).toContain('Switch automatic pushes off')
  const again = await ask('POST', `/api/v1/procedures/${line.procedure}/tofupilot/pins`)
  expect(again.status).toBe(200)
  await line.work()
  expect(tofupilot.givenTo(line.base)).toHaveLength(4)
  clock.pass(minute)
  await line.look()
})

test('a build that has just become ready waits for a minute in which it would have been pushed', async () => {
  next = tofupilot.addBuild('b1'.repeat(20))
  await line.look()
  const started = await line.start(next.sha, { stages })
  expect(started.status).toBe(201)
  rollout = started.body.rollout.id
  expect(started.body.rollout.status).toBe('pending')
  expect((await line.view(rollout)).waits_for.join()).toContain('pushes b1b1b1b by itself is looked at until')
  expect(tofupilot.givenTo(next)).toEqual([])
  await line.pass(minute + pollSeconds * 1000)
  expect((await line.view(rollout)).status).toBe('active')
  await line.work()
  expect(tofupilot.givenTo(next)).toHaveLength(1)
})

test('while nothing is heard the rollout rests, the time does not soak, and everybody sees why', async () => {
  clock.pass(10_000)
  tofupilot.addRun(canary(), { started_at: clock.iso(-5_000) })
  await line.pass(3 * minute)
  const soaked = async () =>
    (await line.view(rollout)).readiness.items.find(({ kind }: { kind: string }) => kind === 'soak').done
  const before = await soaked()
  expect(before).toBeGreaterThan(1)
  tofupilot.misbehave(() => error(503, 'starting', 'SERVICE_UNAVAILABLE'))
  clock.pass(3 * minute)
  await line.look()
  const view = await line.view(rollout)
  expect(view.status).toBe('paused')
  expect(view.pause).toMatchObject({
    reason: 'blind',
    why: expect.stringContaining('TofuPilot has not been read since'),
  })
  expect(view.waits_for.join()).toContain('503: starting')
  expect(view.verdict.overall).toBe('blind')
  clock.pass(20 * minute)
  await line.look()
  expect(await soaked()).toBeLessThan(before + 1)
  const refused = await line.decide(rollout, 'advance', {})
  expect(refused.status).toBe(409)
  expect((await events()).filter(({ type }) => type === 'StageUnmeasured')).toEqual([
    expect.objectContaining({ why: expect.stringContaining('TofuPilot has not been read') }),
  ])
  tofupilot.misbehave(null)
  await line.pass(pollSeconds * 1000)
  await line.look()
  expect((await line.view(rollout)).status).toBe('active')
})

test('a build that TofuPilot pushes in mid-rollout is an alarm, and no further station is taken', async () => {
  clock.pass(minute)
  const other = tofupilot.addBuild('c2'.repeat(20))
  const moved =
    tofupilot.stations.find(({ given }) => given === line.base.id) ?? expect.unreachable('none on base')
  tofupilot.give(moved, other)
  await line.look()
  await line.service.look(line.procedure)
  const view = await line.view(rollout)
  expect(view.station_alarms).toEqual([
    expect.objectContaining({
      kind: 'drifted',
      detail: expect.stringMatching(/gives it c2c2c2c where \w+ was asked for/),
    }),
  ])
  expect(view.readiness.items).toContainEqual(
    expect.objectContaining({
      kind: 'backend',
      met: false,
      text: expect.stringContaining(`to ${moved.name}`),
    }),
  )
  expect((await line.decide(rollout, 'advance', {})).status).toBe(409)
  expect(tofupilot.givenTo(other)).toEqual([moved.name])
})

test('an abort takes back what TofuPilot moved as well, and does so again when it moves it anew', async () => {
  const moved = tofupilot.stations.find(({ given }) => given !== line.base.id && given !== next.id)
  await line.decide(rollout, 'abort', { reason: 'two builds at once' })
  await line.work()
  await line.look()
  await line.work()
  expect(tofupilot.givenTo(line.base)).toHaveLength(4)
  if (moved) tofupilot.give(moved, next)
  clock.pass(2 * minute)
  await line.look()
  await line.work()
  expect(tofupilot.givenTo(line.base)).toHaveLength(4)
  clock.pass(minute)
  for (const station of tofupilot.stations) tofupilot.addRun(station, { started_at: clock.iso(-5_000) })
  await line.look()
  expect((await line.view(rollout)).status).toBe('aborted')
})

test('an abort while TofuPilot is away is decided at once, told as waiting, and arrives when it is back', async () => {
  next = await line.newBuild('d3d3')
  rollout = (await line.start(next.sha, { stages: [{ target: { share: 0.5 } }, { target: { share: 1 } }] }))
    .body.rollout.id
  await line.work()
  expect(tofupilot.givenTo(next)).toHaveLength(2)
  tofupilot.misbehave(() => 'drop')
  clock.pass(minute)
  expect((await line.decide(rollout, 'abort', { reason: 'smoke' })).status).toBe(200)
  const [result] = await line.work()
  expect(result).toMatchObject({ delivered: false })
  const view = await line.view(rollout)
  expect(view.status).toBe('aborting')
  expect(view.waits_for.join()).toMatch(/TofuPilot to take ba5eba5 .*for FCT-\S+, FCT-\S+, since/)
  expect(tofupilot.givenTo(next)).toHaveLength(2)
  tofupilot.misbehave(null)
  clock.pass(minute)
  await line.carryOut({ kind: 'tofupilot pins', procedureId: line.procedure, isUrgent: true })
  expect(tofupilot.givenTo(next)).toEqual([])
})

test('the wishes of the abort win over a pin that was answered late, or whose answer was lost', async () => {
  clock.pass(2 * minute)
  await line.carryOut({ kind: 'tofupilot pins', procedureId: line.procedure, isUrgent: false })
  for (const station of tofupilot.stations) tofupilot.addRun(station, { started_at: clock.iso(-5_000) })
  await line.look()
  expect((await line.view(rollout)).status).toBe('aborted')
  next = await line.newBuild('e4e4')
  rollout = (await line.start(next.sha, { stages: [{ target: { stations: 1 } }, { target: { share: 1 } }] }))
    .body.rollout.id
  tofupilot.misbehave(({ method }) => (method === 'POST' ? 'lose' : null))
  await line.work()
  expect(tofupilot.givenTo(next)).toHaveLength(1)
  expect((await line.standing()).stations.some(({ waits }: { waits: boolean }) => waits)).toBe(true)
  tofupilot.misbehave(null)
  await line.decide(rollout, 'abort', { reason: 'nobody knows where it is' })
  await line.work()
  expect(tofupilot.givenTo(next)).toEqual([])
  // Of the lost request nobody knows whether it is still to come: base is sent once more.
  const sent = tofupilot.pins.length
  clock.pass(minute)
  await line.carryOut({ kind: 'tofupilot pins', procedureId: line.procedure, isUrgent: false })
  expect(tofupilot.pins.slice(sent)).toEqual([{ station: expect.any(String), build: line.base.id }])
})

test('a process that dies while it sends leaves a pin that the next one sends; what it read is not read again', async () => {
  for (const station of tofupilot.stations) tofupilot.addRun(station, { started_at: clock.iso(-5_000) })
  await line.look()
  expect((await line.view(rollout)).status).toBe('aborted')
  next = await line.newBuild('f5f5')
  rollout = (await line.start(next.sha, { stages: [{ target: { stations: 1 } }, { target: { share: 1 } }] }))
    .body.rollout.id
  const never = Promise.withResolvers<void>()
  const asked = Promise.withResolvers<void>()
  tofupilot.misbehave(({ method }) => {
    if (method !== 'POST') return null
    asked.resolve()
    return { hold: never.promise }
  })
  const dying = line.work()
  await asked.promise
  tofupilot.misbehave(null)
  line.restart()
  const other = await line.carryOut({ kind: 'tofupilot pins', procedureId: line.procedure, isUrgent: false })
  expect(other).toMatchObject({ delivered: false, waitSeconds: 15 })
  expect(tofupilot.givenTo(next)).toEqual([])
  clock.pass(15_000)
  await line.carryOut({ kind: 'tofupilot pins', procedureId: line.procedure, isUrgent: false })
  expect(tofupilot.givenTo(next)).toHaveLength(1)
  never.resolve()
  await dying
  const runs = async () =>
    (await ask('GET', `/api/v2/runs?procedure_ids=${line.procedure}&limit=1`)).body.data[0]
  const before = await runs()
  const { read_through } = await line.standing()
  expect(Date.parse(read_through)).toBe(Date.parse(tofupilot.runs.at(-1)?.created_at ?? ''))
  await line.look()
  expect(await runs()).toEqual(before)
})

test('TofuPilot’s limit is kept: nothing is sent before the time that it names', async () => {
  clock.pass(2 * minute)
  await line.carryOut({ kind: 'tofupilot pins', procedureId: line.procedure, isUrgent: false })
  tofupilot.misbehave(({ method }) =>
    method === 'POST'
      ? { ...error(429, 'slow down', 'TOO_MANY_REQUESTS'), headers: { 'retry-after': '45' } }
      : null,
  )
  await line.decide(rollout, 'advance', { override: true, reason: 'on' })
  const [limited] = await line.work()
  expect(limited).toMatchObject({ delivered: false, waitSeconds: 45, why: '429: slow down' })
  tofupilot.misbehave(null)
  clock.pass(44_000)
  const pins = tofupilot.pins.length
  const early = await line.carryOut({ kind: 'tofupilot pins', procedureId: line.procedure, isUrgent: false })
  expect(early).toMatchObject({ delivered: false, waitSeconds: 1 })
  expect(tofupilot.pins.length).toBe(pins)
})
