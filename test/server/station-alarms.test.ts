// Alarms of stations through the whole service: what they ran against what they should, in rollouts and outside of them.
import { expect, test } from 'vitest'
import { stationWatch } from '../../server/station-watch.ts'
import { type Bench, type TestLine, testLine } from '../support/test-line.ts'
import { testRollout } from '../support/test-rollout.ts'
import { openTestService } from '../support/test-service.ts'

const service = await openTestService()
const { ask, clock } = service
const minute = 60_000
const hour = 60 * minute

type Alarm = { id: number; kind: string; station: { name: string }; detail: string; runs: number | null }

async function alarms(line: TestLine, open: boolean | null = true): Promise<Alarm[]> {
  const asked = open === null ? '' : `&open=${open}`
  return (await ask('GET', `/api/v1/station-alarms?procedure_id=${line.procedure}${asked}`)).body.data
}
const kinds = async (line: TestLine) =>
  (await alarms(line)).map(({ kind, station }) => `${station.name} ${kind}`)
const told = (line: TestLine) =>
  service.jobs.flatMap((job) => (job.kind === 'alarms' && job.procedureId === line.procedure ? [job] : []))

/** Every station works on what it is asked to run, a run a minute until now. */
async function work(line: TestLine, minutes: number, benches: Bench[] = line.benches): Promise<void> {
  const pinned = await Promise.all(benches.map((bench) => line.pinned(bench)))
  await line.runs(
    benches.flatMap((station, index) =>
      Array.from({ length: minutes }, (_, back) => ({
        station,
        deployment: pinned[index] === line.next ? line.next : line.base,
        start: -(back + 1) * minute,
      })),
    ),
  )
}
async function pass(line: TestLine, ms: number): Promise<void> {
  clock.pass(ms)
  await service.look(line.procedure)
}

test('a station that runs a build nobody asked for is an alarm without any rollout, told once and closed when it is over', async () => {
  const line = await testLine(service, { stations: 2 })
  const third = await line.build('v3')
  clock.pass(hour)
  await work(line, 10)
  await service.look(line.procedure)
  expect(await alarms(line)).toEqual([])

  await line.run({ station: line.bench(0), deployment: third, start: -50_000 })
  await service.look(line.procedure)
  await line.run({ station: line.bench(0), deployment: third, start: -5_000 })
  await service.look(line.procedure)
  expect(await alarms(line)).toMatchObject([
    {
      kind: 'drifted',
      station: { name: line.bench(0).name },
      detail: 'ran v3 where v1 was asked for',
      deployment: { version: 'v3' },
      since: clock.now() - 50_000,
      runs: 2,
      closed: null,
    },
  ])
  expect(told(line)).toHaveLength(1)

  await pass(line, minute)
  await line.run({ station: line.bench(0), deployment: line.base })
  await pass(line, minute)
  expect(await alarms(line)).toHaveLength(1)
  await work(line, 1)
  clock.pass(29 * minute)
  await work(line, 25)
  await service.look(line.procedure)
  expect(await alarms(line)).toEqual([])
  expect(await alarms(line, false)).toMatchObject([{ closed: { how: 'recovered' } }])
  expect(told(line)).toHaveLength(2)
})

test('a run started before the swap and uploaded after counts for the old deployment, and is no drift', async () => {
  const line = await testLine(service, { stations: 2 })
  clock.pass(hour)
  await work(line, 10)
  const rollout = await testRollout(service, line, { stages: [{ target: { share: 1 } }] })
  clock.pass(10_000)
  // Started before the pin changed, uploaded after the station has shown the new build.
  await line.run({ station: line.bench(0), deployment: line.next, start: -1_000 })
  await line.run({ station: line.bench(0), deployment: line.base, start: -20_000 })
  // Between the pin's change and its first run of the new build.
  await line.run({ station: line.bench(1), deployment: line.base, start: -5_000 })
  await service.judge(line.procedure)
  await service.look(line.procedure)
  expect(await alarms(line)).toEqual([])
  expect((await rollout.get()).base_arm.units).toBe(1)
  // The other station goes on with the old build, long after it should have swapped.
  await work(line, 1, [line.bench(0)])
  clock.pass(31 * minute)
  await line.run({ station: line.bench(1), deployment: line.base })
  await line.run({ station: line.bench(0), deployment: line.next })
  await service.look(line.procedure)
  expect(await kinds(line)).toEqual([`${line.bench(1).name} drifted`])
})

test('a silent station never looks healthy: it is stale after three of its usual gaps, and half an hour at least', async () => {
  const line = await testLine(service, { stations: 3 })
  clock.pass(hour)
  await work(line, 20)
  await pass(line, 28 * minute)
  await work(line, 20, [line.bench(0)])
  await service.look(line.procedure)
  expect(await alarms(line)).toEqual([])
  await pass(line, 5 * minute)
  expect(await kinds(line)).toEqual([`${line.bench(1).name} stale`, `${line.bench(2).name} stale`])
  expect((await alarms(line))[0]?.detail).toMatch(/^no run for \d+ min, usually every 60 s$/)
  // Two stations that fell silent together are one message.
  expect(told(line)).toHaveLength(1)
  await pass(line, hour)
  await work(line, 5, [line.bench(1)])
  await service.look(line.procedure)
  expect(await alarms(line, false)).toMatchObject([
    { station: { name: line.bench(1).name }, closed: { how: 'recovered' } },
  ])
  const states = (await ask('GET', `/api/v1/procedures/${line.procedure}/stations`)).body.data
  expect(states[2]).toMatchObject({
    station: { name: line.bench(2).name },
    desired: { build: { version: 'v1' } },
    pulled: null,
    ran: { build: { version: 'v1' } },
    is_proven: true,
    alarms: [{ kind: 'stale' }],
  })
})

test('nights and weekends of a site are expected silence, and so are the hours in which a station never works', async () => {
  const line = await testLine(service, { stations: 1 })
  const nightly = await testLine(service, { stations: 1 })
  const hours = [{ zone: 'UTC', from: '06:00', to: '18:00' }]
  const put = await ask('PUT', `/api/v1/procedures/${line.procedure}/policy`, {
    body: { policy: { hours }, expected_version: 0 },
  })
  expect(put.status).toBe(200)
  // To 17:50 of some day.
  const at = new Date(clock.now())
  clock.pass(Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate() + 1, 17, 50) - clock.now())
  const lastWeek = (days: number) => ({
    station: nightly.bench(0),
    deployment: nightly.base,
    start: -days * 24 * hour - 10 * minute,
  })
  await nightly.runs([lastWeek(8), lastWeek(7)])
  await work(line, 10)
  await work(nightly, 10)
  for (const each of [line, nightly]) await service.look(each.procedure)
  clock.pass(40 * minute)
  for (const each of [line, nightly]) await service.look(each.procedure)
  clock.pass(11 * hour)
  for (const each of [line, nightly]) await service.look(each.procedure)
  expect([...(await alarms(line)), ...(await alarms(nightly))]).toEqual([])
  // 06:31: the shift has begun and the station has not.
  await pass(line, 61 * minute)
  expect(await kinds(line)).toEqual([`${line.bench(0).name} stale`])
})

test('a station that is asked to run a build and neither pulls nor runs it is an alarm, unless it was never heard of', async () => {
  const line = await testLine(service, { stations: 2 })
  const unborn = await line.addBench()
  clock.pass(hour)
  await work(line, 10, line.benches.slice(0, 2))
  await testRollout(service, line, { stages: [{ target: { share: 1 } }] })
  clock.pass(minute)
  await line.pickup(line.bench(0), line.next)
  clock.pass(35 * minute)
  await work(line, 20, [line.bench(0)])
  await service.look(line.procedure)
  // Not the third one: it was never heard of, so it is not in service yet.
  expect(await kinds(line)).toEqual([`${line.bench(1).name} pinned but silent`])
  expect(await line.pinned(unborn)).toBe(line.next)
  await line.pickup(line.bench(1), line.next, 'pulled')
  await pass(line, minute)
  expect(await alarms(line, false)).toMatchObject([
    { kind: 'pinned but silent', closed: { how: 'recovered' } },
  ])
})

test('golden sample that fails, failing sample that passes: an alarm of its own, at once, from any station', async () => {
  const line = await testLine(service, { stations: 2 })
  const sample = (station: Bench, kind: string, outcome: string) =>
    line.run({ station, deployment: line.base, outcome, more: { metadata: { sample: kind } } })
  await sample(line.bench(0), 'golden', 'PASS')
  await sample(line.bench(0), 'failing', 'FAIL')
  await service.look(line.procedure)
  expect(await alarms(line)).toEqual([])
  clock.pass(1_000)
  await sample(line.bench(0), 'failing', 'PASS')
  clock.pass(1_000)
  await sample(line.bench(1), 'golden', 'FAIL')
  await service.look(line.procedure)
  await service.look(line.procedure)
  const found = await alarms(line)
  expect(found.map(({ kind, detail }) => `${kind}: ${detail.replace(/SN-\w+/, 'SN')}`)).toEqual([
    'reference sample: known bad unit SN: PASS',
    'reference sample: known good unit SN: FAIL',
  ])
  const url = `/api/v1/station-alarms/${found[0]?.id}/acknowledge`
  expect((await ask('POST', url, { body: { reason: ' ' } })).status).toBe(422)
  expect(await ask('POST', url, { body: { reason: 'limits restored' } })).toMatchObject({
    status: 200,
    body: { alarm: { closed: { how: 'acknowledged' }, acknowledged: { why: 'limits restored' } } },
  })
  expect(await ask('POST', url, { body: { reason: 'again' } })).toMatchObject({
    status: 409,
    body: { message: expect.stringContaining('limits restored') },
  })
  await pass(line, minute)
  expect(await alarms(line)).toHaveLength(1)
  await sample(line.bench(0), 'failing', 'PASS')
  await pass(line, minute)
  expect(await alarms(line)).toHaveLength(2)
})

test('an acknowledged drift is not told again while it goes on, and an unlinked station closes its alarms', async () => {
  const line = await testLine(service, { stations: 2 })
  const third = await line.build('v3')
  clock.pass(hour)
  await work(line, 10)
  const wrong = (bench: Bench) => line.run({ station: bench, deployment: third })
  await wrong(line.bench(0))
  await wrong(line.bench(1))
  await pass(line, 1_000)
  const [first] = await alarms(line)
  expect(await alarms(line)).toHaveLength(2)
  expect(told(line)).toHaveLength(1)
  await ask('POST', `/api/v1/station-alarms/${first?.id}/acknowledge`, { body: { reason: 'a trial' } })
  for (let hours = 0; hours < 3; hours++) {
    clock.pass(hour)
    await wrong(line.bench(0))
    await wrong(line.bench(1))
    await service.look(line.procedure)
  }
  expect(await kinds(line)).toEqual([`${line.bench(1).name} drifted`])
  await ask('DELETE', `/api/v1/procedures/${line.procedure}/stations/${line.bench(1).id}`)
  await pass(line, 1_000)
  expect(await alarms(line, false)).toMatchObject([{}, {}])
  expect(
    (await alarms(line, false))
      .map((alarm) => (alarm as unknown as { closed: { how: string } }).closed.how)
      .sort(),
  ).toEqual(['acknowledged', 'unlinked'])
})

test('runs of a third build leave both arms, and in a rollout they are an alarm as well', async () => {
  const line = await testLine(service, { stations: 2 })
  const third = await line.build('v3')
  const rollout = await testRollout(service, line)
  await rollout.confirm()
  clock.pass(minute)
  await line.runs(line.benches.map((station) => ({ station, deployment: third })))
  await service.judge(line.procedure)
  await service.look(line.procedure)
  const view = await rollout.get()
  expect(view).toMatchObject({ other_runs: 2, canary_arm: { units: 0 }, base_arm: { units: 0 } })
  expect(view.station_alarms.map(({ kind }: { kind: string }) => kind)).toEqual(['drifted', 'drifted'])
})

test('two processes that look at the same moment open an alarm once', async () => {
  const line = await testLine(service, { stations: 4 })
  const third = await line.build('v3')
  clock.pass(hour)
  await line.runs(line.benches.map((station) => ({ station, deployment: third })))
  const { database } = service
  const sent: unknown[] = []
  const deliveries = { send: async (_tx: unknown, job: unknown) => void sent.push(job) }
  const processes = [1, 2, 3].map(() => stationWatch({ database, now: clock.now, deliveries }))
  await Promise.all(processes.flatMap(({ look }) => [look(line.procedure), look(line.procedure)]))
  expect(await alarms(line, null)).toHaveLength(4)
  expect(sent).toHaveLength(1)
})
