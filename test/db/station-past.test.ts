// What a station did on base before a rollout, frozen when it starts.
import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { rows } from '../../db/client.ts'
import { freezePasts } from '../../db/station-past.ts'
import { storeRuns } from '../../db/store-runs.ts'
import type { DeploymentId, RunId, StationId } from '../../server/domain/ids.ts'
import type { Run, RunOutcome } from '../../server/domain/run.ts'
import { openTestDatabase } from '../support/open-test-database.ts'
import { type RawLine, rawLine, rawRollout } from '../support/raw-line.ts'

const { db } = await openTestDatabase()
const start = Date.parse('2026-05-22T06:00:00Z')
const minute = 60_000
const day = 24 * 60 * minute

function run(
  line: RawLine,
  at: number,
  said: { outcome?: RunOutcome; deployment?: number; seconds?: number } = {},
): Run {
  return {
    id: randomUUID() as RunId,
    procedureId: line.procedureId,
    stationId: line.stations[0] as StationId,
    deploymentId: line.deployments[said.deployment ?? 0] as DeploymentId,
    attributedBy: 'body',
    serial: 'S',
    unit: randomUUID(),
    outcome: said.outcome ?? 'PASS',
    startedAt: at,
    endedAt: at + (said.seconds ?? 42) * 1000,
    zoneless: false,
    detail: {},
  }
}

async function frozen(runs: (line: RawLine) => Run[]) {
  const line = await rawLine(db, { stations: 1, deployments: 2 })
  const id = await rawRollout(db, line, {
    canary: 1,
    base: 0,
    stations: line.stations,
    from: start,
    to: null,
  })
  const store = (some: Run[]) =>
    db.transaction((tx) => storeRuns(tx, line.procedureId, some, new Date(start)))
  await store(runs(line))
  const rollout = { procedureId: line.procedureId, id, baseDeploymentId: line.deployments[0] as DeploymentId }
  const freeze = () => db.transaction((tx) => freezePasts(tx, rollout, start))
  await freeze()
  const past = async () =>
    (
      await rows<Record<string, number | null>>(
        db,
        sql`select past_units as units, past_bad as bad, past_runs as runs, past_errors as errors, past_timeouts as timeouts,
              past_p99_seconds as p99, past_gap_seconds as gap from rollout_stations where rollout_id = ${id}::uuid`,
      )
    )[0]
  return { line, store, freeze, past }
}

test('it counts base in the fourteen days before the start, neither earlier nor after, and no other build', async () => {
  const { past } = await frozen((line) => [
    run(line, start - 14 * day - 1),
    run(line, start - 14 * day),
    run(line, start - day, { outcome: 'FAIL' }),
    run(line, start - day + minute, { outcome: 'ERROR' }),
    run(line, start - day + 2 * minute, { outcome: 'TIMEOUT' }),
    run(line, start - day + 3 * minute, { outcome: 'ABORTED' }),
    run(line, start - day + 4 * minute, { deployment: 1 }),
    run(line, start - 1),
    run(line, start),
  ])
  expect(await past()).toMatchObject({ units: 5, bad: 3, runs: 5, errors: 1, timeouts: 1 })
})

test('it keeps the usual gap and the long end of durations, of whichever build', async () => {
  const { past } = await frozen((line) =>
    Array.from({ length: 101 }, (_, index) =>
      run(line, start - (101 - index) * 5 * minute, { seconds: index, deployment: index % 2 }),
    ),
  )
  expect(await past()).toMatchObject({ gap: 300, p99: 99 })
})

test('a station that never ran has no past, and no habit', async () => {
  const { past } = await frozen(() => [])
  expect(await past()).toEqual({ units: 0, bad: 0, runs: 0, errors: 0, timeouts: 0, p99: null, gap: null })
})

test('only the last two thousand count', async () => {
  const { past } = await frozen((line) =>
    Array.from({ length: 2_100 }, (_, index) =>
      run(line, start - (index + 1) * 1000, { outcome: index < 2_000 ? 'PASS' : 'FAIL' }),
    ),
  )
  expect(await past()).toMatchObject({ units: 2_000, bad: 0, runs: 2_000 })
})

test('what is frozen stays: a late run of the days before does not change it, nor does freezing again', async () => {
  const { line, store, freeze, past } = await frozen((own) => [run(own, start - day)])
  const before = await past()
  await store([run(line, start - 2 * day, { outcome: 'FAIL' })])
  await freeze()
  expect(await past()).toEqual(before)
})
