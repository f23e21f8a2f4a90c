// The history that a backtest replays: what a rollout that began then would have frozen and counted.
import { expect, test } from 'vitest'
import { pastCounts } from '../../db/past-counts.ts'
import { storeRuns } from '../../db/store-runs.ts'
import { readHistory } from '../../server/backtest-history.ts'
import { pastAt } from '../../server/domain/backtest/past-at.ts'
import { countings } from '../../server/domain/gates/counting.ts'
import { driftNoise } from '../../server/domain/gates/drift-noise.ts'
import { defaultGates, gates } from '../../server/domain/gates/gate.ts'
import { metricPasts } from '../../server/domain/gates/metric-past.ts'
import { usualRates } from '../../server/domain/gates/mix.ts'
import { day, minute } from '../../server/domain/instant.ts'
import type { Run } from '../../server/domain/run.ts'
import { from, history } from '../domain/backtest/synthetic-history.ts'
import { openTestDatabase } from '../support/open-test-database.ts'
import { type RawLine, rawLine } from '../support/raw-line.ts'
import { aRun } from '../support/run-builder.ts'
import { storeHistory } from '../support/stored-history.ts'

const { db } = await openTestDatabase()
const all = { days: 60, seed: 1, withMetrics: true }

const store = (line: RawLine, runs: Partial<Run>[]) =>
  db.transaction((tx) =>
    storeRuns(
      tx,
      runs.map((run, index) =>
        aRun(index, {
          procedureId: line.procedureId,
          stationId: line.stations[0] ?? line.stations[1],
          deploymentId: line.deployments[0] ?? null,
          unit: `u-${index}`,
          ...run,
        } as Partial<Run>),
      ),
      new Date(from),
    ),
  )

/** As a person would compare them: sums of thousands of fractions end in other digits in another order. */
const rounded = (value: unknown) =>
  JSON.parse(
    JSON.stringify(value, (_, each) => (typeof each === 'number' ? Number(each.toPrecision(9)) : each)),
  )

test('freezes the same past as a rollout that begins then', { timeout: 60_000 }, async () => {
  const line = await rawLine(db, { stations: 2, deployments: 1 })
  const made = history({ stations: 2, days: 16, runsPerDay: 170, rate: 0.05 })
  const told = made.stations.map((each) => ({
    ...each,
    runs: each.runs.map((run) => ({ ...run, metrics: { vcc: 3.3 + ((run.startedAt * 7) % 1000) / 5000 } })),
  }))
  await storeHistory(db, line, { ...made, stations: told })
  const own = { metric: 'custom', name: 'vcc', statistic: 'mean', read: 'vcc' } as const
  const asked = gates.parse([...defaultGates, { metric: 'measurement coverage' }, own])
  const at = from + 15 * day

  const read = await readHistory(db, line.procedureId, all)
  const stations = read?.history.stations.toSorted((a, b) => (a.id < b.id ? -1 : 1)) ?? []
  const replayed = pastAt({ at, stations }, asked)

  const ids = line.stations.toSorted()
  const window = { procedureId: line.procedureId, start: at, stations: ids }
  const past = await db.transaction((tx) =>
    pastCounts(tx, asked, { ...window, baseDeploymentId: line.deployments[0] ?? raise() }),
  )
  const keys = countings(asked).map(({ key }) => key)
  const rates = usualRates(past.cells)
  expect(rounded(replayed)).toEqual(
    rounded({
      pasts: metricPasts(ids, keys, past, rates),
      usualRates: rates,
      driftNoise: driftNoise(past.days),
    }),
  )
  // Longer than what a past takes of it.
  expect(stations.map(({ runs }) => runs.length)).toEqual([2720, 2720])
  expect(replayed.pasts.find(({ metric }) => metric === 'error rate')?.n).toBe(2000)
  expect(replayed.pasts.find(({ metric }) => metric === 'vcc')?.n).toBe(500)
})

test('has no aborted run, no reference sample, and none of a build that nobody knows', async () => {
  const line = await rawLine(db, { stations: 1, deployments: 1 })
  await store(line, [
    { unit: 'a', outcome: 'ABORTED' },
    { unit: 'a', outcome: 'FAIL' },
    { unit: 'a' },
    { sample: 'golden' },
    { deploymentId: null },
    { product: 'B', shift: 2, measurementCount: 7, metrics: { vcc: 3.3 } },
  ])
  const read = await readHistory(db, line.procedureId, all)
  const [station] = read?.history.stations ?? []
  expect(read).toMatchObject({ stationsLeftOut: 0, runsWithoutBuild: 1 })
  expect(station).toMatchObject({ id: line.stations[0], site: 'Lyon', line: 'L1' })
  expect(station?.runs.map(({ outcome, isFirstAttempt }) => [outcome, isFirstAttempt])).toEqual([
    ['FAIL', true],
    ['PASS', false],
    ['PASS', true],
  ])
  expect(station?.runs[2]).toMatchObject({
    ...{ stationId: line.stations[0], deploymentId: line.deployments[0] },
    ...{ product: 'B', shift: 2, measurementCount: 7, metrics: { vcc: 3.3 } },
  })
  const without = await readHistory(db, line.procedureId, { ...all, withMetrics: false })
  expect(without?.history.stations[0]?.runs[2]?.metrics).toEqual({})
})

test('goes back from the newest run, however long ago that was', async () => {
  const line = await rawLine(db, { stations: 1, deployments: 1 })
  const moments = [9 * day, 0, 8 * day, 4 * day]
  await store(
    line,
    moments.map((after) => ({ startedAt: from + after })),
  )
  const read = await readHistory(db, line.procedureId, { ...all, days: 5 })
  expect(read?.history.stations[0]?.runs.map(({ startedAt }) => startedAt)).toEqual([
    from + 8 * day,
    from + 9 * day,
  ])
  expect(read?.history).toMatchObject({ from: from + 8 * day, to: from + 9 * day + 1 })
})

test('takes as many stations as fit, and says how many it left out', async () => {
  const line = await rawLine(db, { stations: 3, deployments: 1 })
  const runs = line.stations.flatMap((stationId, place) =>
    [0, 1, 2, 3].map((index) => ({ stationId, unit: `${place}-${index}`, startedAt: from + index * minute })),
  )
  await store(line, runs)
  const read = (most: number) => readHistory(db, line.procedureId, all, most)
  const taken = async (most: number) => {
    const found = await read(most)
    return [found?.history.stations.map((each) => each.runs.length), found?.stationsLeftOut]
  }
  expect(await taken(12)).toEqual([[4, 4, 4], 0])
  expect(await taken(11)).toEqual([[4, 4], 1])
  expect(await taken(3)).toEqual([[], 3])
})

test('is none where no station has run', async () => {
  const line = await rawLine(db, { stations: 1, deployments: 1 })
  expect(await readHistory(db, line.procedureId, all)).toBeNull()
})

function raise(): never {
  throw new Error('the line has no build')
}
