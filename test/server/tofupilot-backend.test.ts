// A procedure that stays in TofuPilot, from its start to its abort: pins go there, runs come from there.
import { expect, test } from 'vitest'
import { backedLine } from '../support/backed-line.ts'
import { error } from '../support/tofupilot-stand-in.ts'

const line = await backedLine()
const { ask, clock, tofupilot } = line
const minute = 60_000
/** The first stage is one station, then half, then all; nothing but their stations is asked of them. */
const stages = [{ target: { stations: 1 } }, { target: { share: 0.5 } }, { target: { share: 1 } }]
let rollout = ''
let next: Awaited<ReturnType<typeof line.newBuild>>

test('its stations and builds are known by their names there', async () => {
  const { stations, not_heard, runs_passed_over } = await line.standing()
  expect(
    stations.map((each: { name: string; tofupilot_id: string }) => [each.name, each.tofupilot_id]),
  ).toEqual(tofupilot.stations.map(({ name, id }) => [name, id]))
  expect(not_heard).toBeNull()
  expect(runs_passed_over).toBe(0)
  expect(await line.buildOf(line.base.sha)).toMatch(/^[0-9a-f-]{36}$/)
})

test('naming the active build pins it there on every station', () => {
  expect(tofupilot.pins).toHaveLength(4)
  expect(tofupilot.givenTo(line.base)).toHaveLength(4)
})

test('runs are taken in as if their stations had posted them, attributed by the filter they were found under, once', async () => {
  for (const station of tofupilot.stations) for (let n = 0; n < 3; n++) tofupilot.addRun(station)
  tofupilot.pagesOf(5)
  await line.look()
  await line.look()
  tofupilot.pagesOf(100)
  const listed = await ask('GET', `/api/v2/runs?procedure_ids=${line.procedure}&limit=100`)
  expect(listed.body.data).toHaveLength(12)
  const ofBase = await ask(
    'GET',
    `/api/v2/runs?deployment_ids=${await line.buildOf(line.base.sha)}&limit=100`,
  )
  expect(ofBase.body.data).toHaveLength(12)
})

test('a start pins the first station there, and its run confirms it', async () => {
  next = await line.newBuild('2bad')
  tofupilot.pins.length = 0
  const started = await line.start(next.sha, { stages })
  expect(started.body.did).toContain('started the rollout')
  rollout = started.body.rollout.id
  expect((await line.view(rollout)).waits_for.join()).toContain(
    `TofuPilot to take ${next.sha.slice(0, 7)} for FCT-`,
  )
  await line.work()
  expect(tofupilot.givenTo(next)).toHaveLength(1)
  expect((await line.view(rollout)).waits_for.join()).not.toContain('TofuPilot')
  const canary = tofupilot.stations.find(({ given }) => given === next.id) ?? null
  const status = async () =>
    (await line.view(rollout)).stations.find(({ name }: { name: string }) => name === canary?.name).status
  await line.look()
  expect(await status()).toBe('pinned')
  clock.pass(minute)
  tofupilot.addRun(canary)
  await line.look()
  expect(await status()).toBe('confirmed')
})

test('a stage that advances takes further stations there', async () => {
  const advanced = await line.decide(rollout, 'advance', { override: true, reason: 'seen enough' })
  expect(advanced.status).toBe(200)
  await line.work()
  expect(tofupilot.givenTo(next)).toHaveLength(2)
})

test('a run of a build that nobody knows here counts in neither arm', async () => {
  tofupilot.addRun(tofupilot.stations[3] ?? null, { build: null, serial: 'SN-nobody' })
  tofupilot.addRun(null, { serial: 'SN-of-a-person' })
  await line.look()
  const { body } = await ask('GET', '/api/v2/runs?serial_numbers=sn-nobody')
  expect(body.data).toHaveLength(1)
  expect((await line.view(rollout)).unattributed.runs).toBe(1)
  expect((await line.standing()).runs_passed_over).toBe(1)
})

test('a run that was stored late, before all others by its start, is found by when it was stored', async () => {
  const late = tofupilot.addRun(tofupilot.stations[0] ?? null, {
    started_at: clock.iso(-5 * 60 * minute),
    ended_at: clock.iso(-5 * 60 * minute + 42_000),
    serial: 'SN-late',
    build: line.base.id,
  })
  await line.look()
  const { body } = await ask('GET', '/api/v2/runs?serial_numbers=SN-late')
  expect(body.data).toHaveLength(1)
  expect(Date.parse(body.data[0].started_at)).toBe(Date.parse(late.started_at))
  const outOfOrder = tofupilot.addRun(tofupilot.stations[1] ?? null, {
    created_at: clock.iso(-5 * minute),
    serial: 'SN-visible-later',
  })
  await line.look()
  expect((await ask('GET', `/api/v2/runs?serial_numbers=${outOfOrder.serial}`)).body.data).toHaveLength(1)
})

test('an abort takes every station back there, before anything else that is to be pinned', async () => {
  clock.pass(minute)
  tofupilot.pins.length = 0
  const aborted = await line.decide(rollout, 'abort', { reason: 'it fails good boards' })
  expect(aborted.status).toBe(200)
  await line.work()
  expect(tofupilot.givenTo(next)).toEqual([])
  expect(tofupilot.pins.map(({ build }) => build)).toEqual([line.base.id, line.base.id])
  expect((await line.view(rollout)).status).toBe('aborting')
  clock.pass(minute)
  for (const station of tofupilot.stations) tofupilot.addRun(station)
  await line.look()
  expect((await line.view(rollout)).status).toBe('aborted')
})

test('a rollback of the whole procedure is the one request that TofuPilot has for it; refused, each station is pinned', async () => {
  const last = await line.newBuild('9ace')
  const started = await line.start(last.sha, { stages: [{ target: { share: 1 } }] })
  rollout = started.body.rollout.id
  await line.work()
  clock.pass(minute)
  for (const station of tofupilot.stations) tofupilot.addRun(station, { started_at: clock.iso(-5_000) })
  await line.look()
  await line.decide(rollout, 'advance', { override: true, reason: 'all of it' })
  expect((await line.view(rollout)).status).toBe('completed')
  const posts = () =>
    tofupilot.asked.filter(({ method }) => method === 'POST').map(({ path }) => path.split('/').at(-1))
  const rollBackTo = (build: string) =>
    ask('POST', `/api/v2/procedures/${line.procedure}/rollback`, {
      body: { deployment_id: build, reason: 'worse' },
    })
  tofupilot.asked.length = 0
  expect((await rollBackTo(await line.buildOf(line.base.sha))).status).toBe(200)
  await line.work()
  expect(posts()).toEqual(['rollback'])
  expect(tofupilot.givenTo(line.base)).toHaveLength(4)
  tofupilot.asked.length = 0
  clock.pass(minute)
  tofupilot.misbehave(({ path }) =>
    path.endsWith('/rollback') ? error(404, 'No such route', 'NOT_FOUND') : null,
  )
  expect((await rollBackTo(await line.buildOf(last.sha))).status).toBe(200)
  await line.work()
  tofupilot.misbehave(null)
  expect(posts()).toEqual(['rollback', last.id, last.id, last.id, last.id])
  expect(tofupilot.givenTo(last)).toHaveLength(4)
})

test('a station that TofuPilot takes off the procedure leaves it here, and one that it adds joins on the active build', async () => {
  const gone = tofupilot.stations[0] ?? expect.unreachable('no station')
  gone.linked = false
  const joined = tofupilot.addStation('FCT-09')
  await line.look()
  await line.work()
  const names = (await line.standing()).stations.map(({ name }: { name: string }) => name)
  expect(names).not.toContain(gone.name)
  expect(names).toContain(joined.name)
  expect(joined.given).toBe(tofupilot.stations[1]?.given)
  for (const station of tofupilot.stations) station.linked = false
  await line.look()
  expect((await line.standing()).stations).toHaveLength(4)
})
