// One station through the whole service: what it was asked, took and ran, how it tested, and what was done with it.
import { expect, test } from 'vitest'
import { stationId } from '../../server/domain/ids.ts'
import { day, hour, minute } from '../../server/domain/instant.ts'
import { uuid } from '../support/fixed-values.ts'
import { testLine } from '../support/test-line.ts'
import { testRollout } from '../support/test-rollout.ts'
import { openTestService } from '../support/test-service.ts'

const service = await openTestService()
const { ask, clock } = service
const recordOf = async (id: string, before: number | null = null) => {
  const found = await service.service.stationRecord(stationId.parse(id), before)
  if (!found) throw new Error(`no station ${id}`)
  return found
}

test('tells pins, pickups, keys without the key, and what people did, newest first', async () => {
  const line = await testLine(service, { stations: 2 })
  const bench = line.bench(0)
  clock.pass(hour)
  await line.pickup(bench, line.base, 'pulled')
  clock.pass(minute)
  await line.pickup(bench, line.base)
  await ask('PUT', `/api/v1/stations/${bench.id}/hold`, { body: { reason: 'probe worn' } })
  const record = await recordOf(bench.id)
  expect(record).toMatchObject({
    name: bench.name,
    site: 'Lyon',
    held: { reason: 'probe worn', until: null },
    excluded: null,
    procedures: [{ id: line.procedure, desired: { version: 'v1' }, progress: 'says it runs' }],
    pins: [{ build: { version: 'v1' }, to: null, rolloutId: null }],
    pickups: [{ state: 'running' }, { state: 'pulled' }],
    keys: [{ prefix: bench.key.slice(0, 8), hasEnded: false }],
  })
  expect(record.acts.map(({ type }) => type)).toEqual(['held', 'registered'])
  expect(record.acts[0]).toMatchObject({ why: 'probe worn', by: { door: 'api' } })
  expect(JSON.stringify(record)).not.toContain(bench.key)
})

test('pages through its runs, newest first, none twice and none lost', async () => {
  const line = await testLine(service, { stations: 2 })
  const [bench, other] = [line.bench(0), line.bench(1)]
  clock.pass(3 * hour)
  await line.runs([
    ...Array.from({ length: 120 }, (_, index) => ({
      station: bench,
      unit: `U${index}`,
      outcome: index % 10 === 0 ? 'FAIL' : 'PASS',
      deployment: line.base,
      // Pairs that started at one moment, so that the end of a page falls between two of them.
      start: -Math.ceil((index + 2) / 2) * minute,
    })),
    { station: other, unit: 'elsewhere', deployment: line.base, start: -minute },
  ])
  const seen: string[] = []
  let before: number | null = null
  let pages = 0
  do {
    const { runs, runsBefore } = await recordOf(bench.id, before)
    expect(runs.length).toBeGreaterThan(0)
    seen.push(...runs.map(({ serial }) => serial))
    before = runsBefore
    pages++
  } while (before !== null)
  expect(pages).toBe(3)
  expect(seen).toHaveLength(120)
  expect(new Set(seen).size).toBe(120)
  const [newest] = (await recordOf(bench.id)).runs
  expect(newest).toMatchObject({
    build: { version: 'v1' },
    isFirstAttempt: true,
    shadow: false,
    sample: null,
  })
})

test('tells which of its runs were first attempts, and which say nothing of a build', async () => {
  const line = await testLine(service, { stations: 1 })
  clock.pass(hour)
  const bench = line.bench(0)
  await line.run({
    station: bench,
    unit: 'twice',
    outcome: 'FAIL',
    deployment: line.base,
    start: -20 * minute,
  })
  await line.run({
    station: bench,
    unit: 'twice',
    outcome: 'PASS',
    deployment: line.base,
    start: -10 * minute,
  })
  const { runs } = await recordOf(bench.id)
  expect(runs.map(({ outcome, isFirstAttempt }) => [outcome, isFirstAttempt])).toEqual([
    ['PASS', false],
    ['FAIL', true],
  ])
})

test('tells the rollouts that took it, and how it did on the new build beside its own past', async () => {
  const line = await testLine(service, { stations: 3 })
  clock.pass(2 * day)
  await line.runs(
    line.benches.flatMap((station) =>
      Array.from({ length: 20 }, (_, back) => ({
        station,
        deployment: line.base,
        outcome: back === 0 ? 'FAIL' : 'PASS',
        start: -(back + 1) * hour,
      })),
    ),
  )
  const rollout = await testRollout(service, line)
  await rollout.confirm()
  const [canary] =
    (await service.service.get(rollout.id))?.stations.filter(({ status }) => status === 'confirmed') ?? []
  const bench = line.benchOf(canary?.id ?? '')
  clock.pass(hour)
  await line.runs(
    ['PASS', 'FAIL', 'PASS', 'PASS'].map((outcome, index) => ({
      station: bench,
      outcome,
      deployment: line.next,
      start: -(index + 1) * minute,
    })),
  )
  const [told] = (await recordOf(bench.id)).rollouts
  expect(told).toMatchObject({
    id: rollout.id,
    status: 'active',
    build: { version: 'v2' },
    station: 'confirmed',
    stageIndex: 0,
    pastUnits: 20,
    pastPassed: 19,
  })
  // What the confirmation itself ran counts too.
  expect((told?.units ?? 0) - (told?.passed ?? 0)).toBe(1)
  const [queued] = line.benches.filter(({ id }) => id !== bench.id)
  expect((await recordOf(queued?.id ?? '')).rollouts).toEqual([])
})

test('counts its yield by the days of the procedure, with what changed marked', async () => {
  const line = await testLine(service, { stations: 1 })
  const bench = line.bench(0)
  await ask('PATCH', `/api/v1/procedures/${line.procedure}`, { body: { zone: 'Asia/Tokyo' } })
  // 06:00 UTC is 15:00 in Tokyo: ten hours later it is the next day there, and still the same one in UTC.
  clock.pass(10 * hour)
  await line.runs([
    { station: bench, outcome: 'PASS', deployment: line.base, start: -9.5 * hour },
    { station: bench, outcome: 'FAIL', deployment: line.base, start: -0.5 * hour },
    { station: bench, outcome: 'PASS', deployment: line.next, start: -0.4 * hour },
  ])
  await ask('PUT', `/api/v1/stations/${bench.id}/hold`, { body: { reason: 'probe worn' } })
  const [found] = (await service.service.stationYields(stationId.parse(bench.id))) ?? []
  const days = found?.yields.days.map(({ day: date, build, units, passed }) => [
    date,
    build.version,
    units,
    passed,
  ])
  const [today, tomorrow] = [found?.yields.days[0]?.day, found?.yields.to]
  expect(days).toEqual([
    [today, 'v1', 1, 1],
    [tomorrow, 'v1', 1, 0],
    [tomorrow, 'v2', 1, 1],
  ])
  expect(today).not.toBe(tomorrow)
  expect(found?.yields).toMatchObject({ of: bench.name, zone: 'Asia/Tokyo' })
  expect(found?.yields.marks.map(({ label }) => label)).toEqual(['v1', 'held'])
})

test('knows no station that there is none of', async () => {
  const nobody = stationId.parse(uuid(4, 404))
  expect(await service.service.stationRecord(nobody, null)).toBeNull()
  expect(await service.service.stationYields(nobody)).toBeNull()
})
