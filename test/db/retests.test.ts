// Which units could be tested again, which are, and what they did since, straight from the tables.
import { expect, test } from 'vitest'
import { addRetests, failedFirstAttempts, listedUnits } from '../../db/retests.ts'
import { storeRuns } from '../../db/store-runs.ts'
import type { DeploymentId, StationId } from '../../server/domain/ids.ts'
import { minute } from '../../server/domain/instant.ts'
import { type Run, unitOf } from '../../server/domain/run.ts'
import { makeRunId } from '../../server/run-id.ts'
import { ines } from '../support/fixed-values.ts'
import { openTestDatabase } from '../support/open-test-database.ts'
import { type RawLine, rawLine, rawRollout } from '../support/raw-line.ts'
import { aRun, t0 } from '../support/run-builder.ts'

const { db } = await openTestDatabase()
const size = { stations: 3, deployments: 3 }
const [old, next, third] = [0, 1, 2] as const

type Said = Partial<Omit<Run, 'id' | 'procedureId' | 'deploymentId' | 'stationId'>> & {
  station?: number
  on?: number | null
}

/** Stored as the service stores it; it is received when it has ended. */
async function stored(line: RawLine, serial: string, at: number, said: Said = {}): Promise<void> {
  const { station = 0, on = next, ...rest } = said
  const stationId = line.stations[station] as StationId
  const startedAt = t0 + at * minute
  const unit = unitOf(serial)
  const run = aRun(0, {
    outcome: 'FAIL',
    startedAt,
    ...rest,
    id: makeRunId({ stationId, procedureId: line.procedureId, unit, startedAt }),
    procedureId: line.procedureId,
    stationId,
    deploymentId: on === null ? null : (line.deployments[on] as DeploymentId),
    serial,
    unit,
  })
  await db.transaction((tx) => storeRuns(tx, [run], new Date(run.endedAt)))
}

/** Two of three stations are the rollout's, from the first minute to the hundredth. */
async function rollout(to: number | null = 100) {
  const line = await rawLine(db, size)
  const id = await rawRollout(db, line, {
    canary: next,
    base: old,
    stations: line.stations.slice(0, 2),
    from: t0,
    to: to === null ? null : t0 + to * minute,
  })
  const failed = () => failedFirstAttempts(db, line.procedureId, id)
  const listed = () => listedUnits(db, line.procedureId, id)
  const add = (serial: string, pair: number, failedIn: 'canary' | 'base', at: number) =>
    addRetests(db, [
      {
        procedureId: line.procedureId,
        rolloutId: id,
        unit: unitOf(serial),
        serial,
        failedIn,
        pair,
        askedBy: ines,
        askedAt: new Date(t0 + at * minute),
      },
    ])
  return { line, id, failed, listed, add }
}

test('first attempts that did not pass, of both arms, the newest first, as they are labelled', async () => {
  const { line, failed } = await rollout()
  await stored(line, 'Sn-A', 1, { product: 'P1' })
  await stored(line, 'Sn-B', 3, { station: 1, on: old, outcome: 'ERROR' })
  await stored(line, 'Sn-C', 2, { outcome: 'TIMEOUT' })
  const same = { attempts: 1, hasPassed: false, isListed: false, site: 'Lyon', product: null }
  expect(await failed()).toEqual([
    { ...same, unit: 'sn-b', serial: 'Sn-B', failedIn: 'base', outcome: 'ERROR', failedAt: t0 + 3 * minute },
    {
      ...same,
      unit: 'sn-c',
      serial: 'Sn-C',
      failedIn: 'canary',
      outcome: 'TIMEOUT',
      failedAt: t0 + 2 * minute,
    },
    {
      ...same,
      unit: 'sn-a',
      serial: 'Sn-A',
      failedIn: 'canary',
      outcome: 'FAIL',
      failedAt: t0 + minute,
      product: 'P1',
    },
  ])
})

test('none that the rollout has no claim on', async () => {
  const { line, failed } = await rollout()
  await stored(line, 'before', -1)
  await stored(line, 'at its end', 100)
  await stored(line, 'elsewhere', 1, { station: 2 })
  await stored(line, 'third build', 1, { on: third })
  await stored(line, 'no build', 1, { on: null })
  await stored(line, 'passed', 1, { outcome: 'PASS' })
  await stored(line, 'aborted', 1, { outcome: 'ABORTED' })
  await stored(line, 'golden', 1, { sample: 'golden' })
  await stored(line, 'failed again', 1, { outcome: 'PASS' })
  await stored(line, 'failed again', 2)
  await stored(line, 'first minute', 0)
  await stored(line, 'last minute', 99)
  expect((await failed()).map(({ unit }) => unit)).toEqual(['last minute', 'first minute'])
})

test('how often each was tested, whether it passed since, and whether it was asked for', async () => {
  const { line, failed, add } = await rollout(null)
  for (const serial of ['again', 'good', 'listed']) await stored(line, serial, 1)
  await stored(line, 'again', 2, { station: 1, on: old })
  await stored(line, 'again', 3, { outcome: 'ABORTED' })
  await stored(line, 'again', 4, { outcome: 'PASS', sample: 'ignored' })
  await stored(line, 'good', 200, { outcome: 'PASS', station: 2, on: third })
  await add('listed', 1, 'canary', 5)
  expect(
    (await failed()).map(({ unit, attempts, hasPassed, isListed }) => [unit, attempts, hasPassed, isListed]),
  ).toEqual([
    ['again', 2, false, false],
    ['good', 2, true, false],
    ['listed', 1, false, true],
  ])
})

test('a listed unit comes with the run that failed, and with all that started since', async () => {
  const { line, listed, add } = await rollout()
  await stored(line, 'SN-1', 1, { failureMode: 'VCC low' })
  await stored(line, 'SN-1', 2, { failureMode: 'other' })
  await add('SN-1', 1, 'canary', 10)
  await stored(line, 'SN-1', 9, { outcome: 'PASS' })
  await stored(line, 'sn-1', 10, { station: 1, on: old, outcome: 'ABORTED' })
  await stored(line, 'sn-1', 12, { station: 2, on: null, sample: 'golden' })
  await stored(line, 'sn-1', 11, { station: 1, on: old, outcome: 'PASS' })
  const [unit, ...others] = await listed()
  expect(others).toEqual([])
  const { runs, ...rest } = unit ?? { runs: [] }
  expect(rest).toEqual({
    pair: 1,
    serial: 'SN-1',
    failedIn: 'canary',
    askedBy: ines,
    askedAt: t0 + 10 * minute,
    failed: {
      outcome: 'FAIL',
      at: t0 + minute,
      station: line.stations[0],
      site: 'Lyon',
      version: 'v1',
      failureMode: 'VCC low',
    },
  })
  expect(runs).toEqual(
    [
      { outcome: 'ABORTED', minutes: 10, station: 1, on: old, isSample: false },
      { outcome: 'PASS', minutes: 11, station: 1, on: old, isSample: false },
      { outcome: 'FAIL', minutes: 12, station: 2, on: null, isSample: true },
    ].map(({ minutes, station, on, ...run }) => ({
      ...run,
      station: line.stations[station],
      startedAt: t0 + minutes * minute,
      receivedAt: t0 + minutes * minute + 42_000,
      deploymentId: on === null ? null : line.deployments[on],
      version: on === null ? null : 'v0',
    })),
  )
})

test('the run that failed is found though the clock of the process that asked was behind', async () => {
  const { line, listed, add } = await rollout()
  await stored(line, 'SN-1', 1)
  await add('SN-1', 1, 'canary', 1)
  expect((await listed()).map(({ failed }) => failed.at)).toEqual([t0 + minute])
})

test('no unit is asked for twice in a rollout', async () => {
  const { line, add } = await rollout()
  await stored(line, 'SN-1', 1)
  await add('SN-1', 1, 'canary', 2)
  await expect(add('SN-1', 2, 'canary', 3)).rejects.toThrow()
})
