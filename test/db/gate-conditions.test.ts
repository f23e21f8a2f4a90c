// What gates ask besides counts, each question by itself: builds run, failure modes, reference samples, throughput.
import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { buildsRun } from '../../db/builds-run.ts'
import { canaryFailureModes } from '../../db/failure-modes.ts'
import { referenceRuns } from '../../db/reference-runs.ts'
import { storeRuns } from '../../db/store-runs.ts'
import { runsSince } from '../../db/throughput.ts'
import type { DeploymentId, RunId, StationId } from '../../server/domain/ids.ts'
import type { Run } from '../../server/domain/run.ts'
import { openTestDatabase } from '../support/open-test-database.ts'
import { rawLine, rawRollout } from '../support/raw-line.ts'
import { nothingFound } from '../support/run-builder.ts'

const { db } = await openTestDatabase()
const start = Date.parse('2026-05-22T06:00:00Z')
const minute = 60_000
const hour = 60 * minute

type Said = Partial<Omit<Run, 'deploymentId' | 'stationId'>> & {
  /** 0 base, 1 the new build, 2 a third, 3 a fourth; null: nobody knows. */
  build?: number | null
  station?: number
  /** Milliseconds after the start. */
  at: number
}

/** Three stations, of which the rollout has the first two; runs as they are said. */
async function rollout(said: Said[], to: number | null = null) {
  const line = await rawLine(db, { stations: 3, deployments: 4 })
  const id = await rawRollout(db, line, {
    canary: 1,
    base: 0,
    stations: line.stations.slice(0, 2),
    from: start,
    to,
  })
  const station = (place: number) => line.stations[place] as StationId
  const runs = said.map(({ build = 1, station: place = 0, at, ...what }): Run => {
    const unit = what.unit ?? randomUUID()
    return {
      id: randomUUID() as RunId,
      procedureId: line.procedureId,
      stationId: station(place),
      deploymentId: build === null ? null : (line.deployments[build] as DeploymentId),
      attributedBy: build === null ? 'none' : 'body',
      serial: unit,
      outcome: 'PASS',
      startedAt: start + at,
      endedAt: start + at + 42_000,
      zoneless: false,
      detail: {},
      ...nothingFound,
      ...what,
      unit,
    }
  })
  await db.transaction((tx) => storeRuns(tx, runs, new Date(start)))
  return { procedureId: line.procedureId, id, station }
}

test('runs of a third build are counted from the confirmation on, to the run, whatever the hour', async () => {
  const since = 2 * hour + 20 * minute
  const said = [
    { at: since - 1, build: 2 },
    { at: since },
    { at: since + 5 * minute, build: 2 },
    { at: 3 * hour - 1, build: 0 },
    { at: 3 * hour, build: 2 },
    { at: 9 * hour },
    { at: 9 * hour + 1 },
    { at: since + minute, build: null },
    { at: 9 * hour, build: null },
    { at: since + minute, build: 2, outcome: 'ABORTED' as const },
    { at: since + minute, build: 2, sample: 'golden' as const },
    { at: since + minute, build: 2, station: 1 },
  ]
  const { procedureId, id, station } = await rollout(said)
  const asked = [{ stationId: station(0), since: start + since }]
  expect(await buildsRun(db, procedureId, id, asked)).toEqual([{ stationId: station(0), runs: 6, third: 3 }])
  expect(await buildsRun(db, procedureId, id, [])).toEqual([])
})

test('a confirmation on the hour, each station from its own, and one without a run', async () => {
  const { procedureId, id, station } = await rollout([
    { at: hour - 1, build: 2 },
    { at: hour },
    { at: hour + minute, build: 3 },
    { at: 5 * hour, station: 1 },
  ])
  const asked = [
    { stationId: station(0), since: start + hour },
    { stationId: station(1), since: start + 5 * hour + minute },
  ]
  expect(await buildsRun(db, procedureId, id, asked)).toEqual([{ stationId: station(0), runs: 2, third: 1 }])
})

test('failure modes are those of the new build since the start, with their units and what other builds showed', async () => {
  const fail = (failureMode: string, at: number, what: Partial<Said> = {}): Said => ({
    at,
    outcome: 'FAIL',
    failureMode,
    ...what,
  })
  const { procedureId, id } = await rollout(
    [
      fail('flux', 1, { unit: 'a' }),
      fail('flux', 2, { unit: 'a' }),
      fail('flux', 3, { unit: 'b', station: 1 }),
      fail('short', 4),
      fail('open', -1),
      fail('golden shows it', 5, { sample: 'golden' }),
      fail('elsewhere', 6, { station: 2 }),
      fail('on base', 7, { build: 0 }),
      fail('short', 8, { build: 0 }),
      fail('short', -90 * 24 * hour, { build: 3, station: 2 }),
      fail('short', 9, { build: null }),
      fail('flux', 10, { build: 2, sample: 'failing' }),
      fail('after the end', 10 * hour),
    ],
    start + 10 * hour,
  )
  expect(await canaryFailureModes(db, procedureId, id)).toEqual([
    { mode: 'flux', canaryRuns: 3, canaryUnits: 2, baseRuns: 0 },
    { mode: 'short', canaryRuns: 1, canaryUnits: 1, baseRuns: 2 },
  ])
})

test('reference samples are those that the rollout’s stations finished on the new build since the start', async () => {
  const golden = (at: number, what: Partial<Said> = {}): Said => ({
    at,
    sample: 'golden',
    serial: `G${at}`,
    ...what,
  })
  const { procedureId, id, station } = await rollout([
    golden(1),
    golden(2, { sample: 'failing', outcome: 'FAIL', station: 1 }),
    golden(3, { sample: 'ignored' }),
    golden(4, { outcome: 'ABORTED' }),
    golden(5, { build: 0 }),
    golden(6, { station: 2 }),
    golden(-1),
    { at: 7 },
  ])
  expect(await referenceRuns(db, procedureId, id)).toEqual([
    { stationId: station(1), serial: 'G2', sample: 'failing', outcome: 'FAIL' },
    { stationId: station(0), serial: 'G1', sample: 'golden', outcome: 'PASS' },
  ])
})

test('throughput is every attributed run of the stations asked for in the whole hours since, whatever its build', async () => {
  const { procedureId, station } = await rollout([
    { at: hour - 1 },
    { at: hour },
    { at: hour + minute, build: 0 },
    { at: 3 * hour, build: 2, outcome: 'FAIL' },
    { at: hour, build: null },
    { at: hour, sample: 'golden' },
    { at: hour, station: 2 },
    { at: 2 * hour, station: 1 },
  ])
  const asked = [station(0), station(1)]
  const runs = (since: number) => runsSince(db, procedureId, asked, start + since)
  const counted = (found: { stationId: string; runs: number }[]) =>
    asked.map((id) => found.find(({ stationId }) => stationId === id)?.runs ?? 0)
  expect(counted(await runs(hour))).toEqual([3, 1])
  expect(counted(await runs(1))).toEqual([3, 1])
  expect(counted(await runs(hour + 1))).toEqual([1, 1])
  expect(await runsSince(db, procedureId, [], start)).toEqual([])
})
