// Tallies are exact: whatever order runs come in, the counts are those of a recount from the raw runs.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { recountArms, storeRuns } from '../../db/store-runs.ts'
import type { Run } from '../../server/domain/run.ts'
import { makeRunId } from '../../server/run-id.ts'
import { histories, recounted, tallied } from '../support/history.ts'
import { openTestDatabase } from '../support/open-test-database.ts'
import { type RawLine, rawLine, rawRollout } from '../support/raw-line.ts'

const { db } = await openTestDatabase()
const from = Date.parse('2026-05-22T05:30:00Z')
const minute = 60_000

const store = (line: RawLine, runs: Run[]) =>
  db.transaction((tx) => storeRuns(tx, line.procedureId, runs, new Date(from)))

test('any history gives the tallies that a recount gives', { timeout: 120_000 }, async () => {
  const shape = fc.record({
    begins: fc.integer({ min: 0, max: 200 }),
    lasts: fc.option(fc.integer({ min: 1, max: 120 }), { nil: null }),
    taking: fc.integer({ min: 1, max: 4 }),
    seed: fc.integer(),
  })
  await fc.assert(
    fc.asyncProperty(shape, async ({ begins, lasts, taking, seed }) => {
      const line = await rawLine(db, { stations: 4, deployments: 3 })
      const start = from + begins * minute
      // An ended rollout and, after it, a live one: a run belongs to the window that it started in.
      const stations = line.stations.slice(0, taking)
      await rawRollout(db, line, {
        canary: 1,
        base: 0,
        stations,
        from: start,
        to: start + (lasts ?? 30) * minute,
      })
      if (lasts !== null)
        await rawRollout(db, line, {
          canary: 2,
          base: 1,
          stations: line.stations,
          from: start + lasts * minute,
          to: null,
        })
      const [batches = []] = fc.sample(histories(line, from, 240), { numRuns: 1, seed })
      for (const batch of batches) await store(line, batch)
      expect(await tallied(db, line.procedureId)).toEqual(await recounted(db, line.procedureId))
    }),
    { numRuns: 50 },
  )
})

test('a repeat is not counted again, inside a batch or across batches', async () => {
  const line = await rawLine(db, { stations: 1, deployments: 1 })
  const run = runOf(line, {})
  expect((await store(line, [run, run])).size).toBe(1)
  expect((await store(line, [run, { ...run, outcome: 'FAIL' }])).size).toBe(0)
  expect((await tallied(db, line.procedureId)).hourly).toMatchObject([{ units: 1, passed: 1, runs: 1 }])
})

test('ABORTED then PASS is a first pass', async () => {
  const line = await rawLine(db, { stations: 1, deployments: 1 })
  await store(line, [runOf(line, { outcome: 'ABORTED' }), runOf(line, { minute: 5 })])
  expect((await tallied(db, line.procedureId)).hourly).toMatchObject([{ units: 1, passed: 1, runs: 1 }])
})

test('FAIL on base then PASS on the canary gives the canary no first attempt, in whichever order they come', async () => {
  for (const order of [
    [0, 1],
    [1, 0],
  ]) {
    const line = await rawLine(db, { stations: 2, deployments: 2 })
    await rawRollout(db, line, { canary: 1, base: 0, stations: line.stations, from, to: null })
    const runs = [runOf(line, { outcome: 'FAIL' }), runOf(line, { minute: 9, station: 1, deployment: 1 })]
    for (const index of order) await store(line, runs.slice(index, index + 1))
    const { arms } = await tallied(db, line.procedureId)
    expect(arms.map((arm) => [arm.key.split('/')[1], arm.units, arm.passed, arm.runs])).toEqual([
      ['base', 1, 0, 1],
      ['canary', 0, 0, 1],
    ])
  }
})

test('of two runs of a unit that start together the same one is first, whichever comes first', async () => {
  const first: string[] = []
  const line = await rawLine(db, { stations: 2, deployments: 1 })
  const runs = [runOf(line, { outcome: 'FAIL' }), runOf(line, { station: 1 })]
  for (const order of [runs, runs.toReversed()]) {
    const own = await rawLine(db, { stations: 0, deployments: 0 })
    for (const run of order) await store(own, [{ ...run, procedureId: own.procedureId }])
    first.push((await tallied(db, own.procedureId)).firstAttempts[0]?.run ?? '')
  }
  expect(first[0]).toBe(first[1])
})

test('a recount of a rollout gives what was counted run by run', async () => {
  const line = await rawLine(db, { stations: 3, deployments: 3 })
  const rollout = await rawRollout(db, line, {
    canary: 1,
    base: 0,
    stations: line.stations,
    from: from + 20 * minute,
    to: null,
  })
  for (const batch of fc.sample(histories(line, from, 120), { numRuns: 3, seed: 7 }).flat())
    await store(line, batch)
  const before = await tallied(db, line.procedureId)
  expect(before.arms.length).toBeGreaterThan(3)
  await db.transaction((tx) => recountArms(tx, line.procedureId, rollout))
  expect(await tallied(db, line.procedureId)).toEqual(before)
})

test('eight writers at once end with the tallies of a recount, and none fails', {
  timeout: 60_000,
}, async () => {
  const line = await rawLine(db, { stations: 4, deployments: 3 })
  await rawRollout(db, line, {
    canary: 1,
    base: 0,
    stations: line.stations,
    from: from + 30 * minute,
    to: null,
  })
  const writers = fc.sample(histories(line, from, 240), { numRuns: 8, seed: 42 })
  await Promise.all(
    writers.map(async (batches) => {
      for (const batch of batches) await store(line, batch)
    }),
  )
  expect(await tallied(db, line.procedureId)).toEqual(await recounted(db, line.procedureId))
})

function runOf(
  line: RawLine,
  said: { outcome?: Run['outcome']; minute?: number; station?: number; deployment?: number },
): Run {
  const stationId = line.stations[said.station ?? 0]
  const deploymentId = line.deployments[said.deployment ?? 0]
  if (!stationId || !deploymentId) throw new Error('no such station or deployment')
  const startedAt = from + (said.minute ?? 0) * minute
  return {
    id: makeRunId({ stationId, procedureId: line.procedureId, unit: 'sn-1', startedAt }),
    procedureId: line.procedureId,
    stationId,
    deploymentId,
    attributedBy: 'body',
    serial: 'SN-1',
    unit: 'sn-1',
    outcome: said.outcome ?? 'PASS',
    startedAt,
    endedAt: startedAt + 42_000,
    zoneless: false,
    detail: {},
  }
}
