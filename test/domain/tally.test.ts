import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type RunId, rolloutId, runId } from '../../server/domain/ids.ts'
import { hour, minute } from '../../server/domain/instant.ts'
import { outcomes, type Run } from '../../server/domain/run.ts'
import {
  addCounts,
  armOf,
  type Counts,
  type FirstAttempt,
  noCounts,
  tallyChange,
  type Window,
} from '../../server/domain/tally.ts'
import { base, build, procedure, rollout, station, stations, thirdBuild } from '../support/plan-builder.ts'

const t0 = Date.parse('2026-05-22T06:00:00Z')
const id = (number: number): RunId =>
  runId.parse(`50000000-0000-4000-8000-${String(number).padStart(12, '0')}`)

function aRun(number: number, what: Partial<Run> = {}): Run {
  return {
    id: id(number),
    procedureId: procedure,
    stationId: station(1),
    deploymentId: base,
    attributedBy: 'body',
    serial: 'SN-1',
    unit: 'sn-1',
    outcome: 'PASS',
    startedAt: t0 + number * minute,
    endedAt: t0 + number * minute + 42_000,
    zoneless: false,
    detail: {},
    ...what,
  }
}

const window: Window = {
  rolloutId: rollout,
  deploymentId: build,
  baseDeploymentId: base,
  startedAt: t0,
  endedAt: null,
  stations: new Set(stations(3)),
}

/** Counts after the batches came in, one after the other: what the service keeps. */
function arrived(batches: Run[][], windows: Window[]) {
  const first = new Map<string, FirstAttempt>()
  const counts = new Map<string, Counts>()
  const add = (key: string, more: Counts) => counts.set(key, addCounts(counts.get(key) ?? noCounts, more))
  for (const batch of batches) {
    const change = tallyChange(batch, [...first.values()], windows)
    for (const attempt of change.firstAttempts) first.set(attempt.unit, attempt)
    for (const delta of change.hourly)
      add(`${delta.deploymentId} ${delta.stationId} ${delta.hour}`, delta.counts)
    for (const delta of change.arms) add(`${delta.rolloutId} ${delta.arm} ${delta.stationId}`, delta.counts)
  }
  return Object.fromEntries(
    [...counts].filter(([, each]) => Object.values(each).some((count) => count !== 0)),
  )
}

/** The same from scratch, by the definitions alone. */
function recounted(runs: Run[], windows: Window[]) {
  const counts = new Map<string, Counts>()
  const counted = runs
    .filter((run) => run.outcome !== 'ABORTED')
    .toSorted((a, b) => a.startedAt - b.startedAt || (a.id < b.id ? -1 : 1))
  const seen = new Set<string>()
  for (const run of counted) {
    const isFirst = !seen.has(run.unit)
    seen.add(run.unit)
    const pass = run.outcome === 'PASS'
    const own: Counts = {
      units: Number(isFirst),
      passed: Number(isFirst && pass),
      runs: 1,
      errors: Number(run.outcome === 'ERROR'),
      timeouts: Number(run.outcome === 'TIMEOUT'),
      passRuns: Number(pass),
      passMs: pass ? run.endedAt - run.startedAt : 0,
    }
    const keys = [`${run.deploymentId} ${run.stationId} ${run.startedAt - (run.startedAt % hour)}`]
    for (const each of windows) {
      const within =
        run.startedAt >= each.startedAt && (each.endedAt === null || run.startedAt < each.endedAt)
      if (!within || !each.stations.has(run.stationId) || run.deploymentId === null) continue
      const arm =
        { [each.deploymentId]: 'canary', [each.baseDeploymentId]: 'base' }[run.deploymentId] ?? 'other'
      keys.push(`${each.rolloutId} ${arm} ${run.stationId}`)
    }
    for (const key of keys) counts.set(key, addCounts(counts.get(key) ?? noCounts, own))
  }
  return Object.fromEntries(counts)
}

const anyRuns = fc
  .array(
    fc.record({
      stationId: fc.integer({ min: 1, max: 4 }).map(station),
      deploymentId: fc.constantFrom(base, build, build, thirdBuild, null),
      unit: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
      outcome: fc.constantFrom(...outcomes),
      startedAt: fc.integer({ min: -10, max: 30 }).map((step) => t0 + step * 15 * minute),
    }),
    { maxLength: 40 },
  )
  .map((all) => all.map((run, index) => aRun(index, { ...run, endedAt: run.startedAt + index * 1000 })))

const windows: Window[] = [
  window,
  {
    ...window,
    rolloutId: rolloutId.parse('30000000-0000-4000-8000-000000000002'),
    deploymentId: thirdBuild,
    baseDeploymentId: build,
    startedAt: t0 + 2 * hour,
    endedAt: t0 + 4 * hour,
  },
]

describe('what new runs change in the counts', () => {
  test('adds up to a recount from scratch, in any order of arrival and any batches', () => {
    const arrivals = anyRuns.chain((runs) =>
      fc.tuple(
        fc.constant(runs),
        fc.shuffledSubarray(runs, { minLength: runs.length }),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 40, maxLength: 40 }),
      ),
    )
    fc.assert(
      fc.property(arrivals, ([runs, shuffled, sizes]) => {
        const batches = sizes.map((size) => shuffled.splice(0, size)).filter((batch) => batch.length > 0)
        expect(arrived(batches, windows)).toEqual(recounted(runs, windows))
      }),
      { numRuns: 500 },
    )
  })

  test('comes sorted, so that concurrent writers touch rows in one order', () => {
    fc.assert(
      fc.property(anyRuns, (runs) => {
        const { arms } = tallyChange(runs, [], windows)
        const keys = arms.map((delta) => `${delta.rolloutId}/${delta.arm}/${delta.stationId}`)
        expect(keys).toEqual(keys.toSorted((a, b) => (a < b ? -1 : 1)))
      }),
    )
  })
})

describe('the first attempt of a unit', () => {
  const canary = (number: number, what: Partial<Run> = {}) =>
    aRun(number, { deploymentId: build, stationId: station(2), ...what })
  const of = (...runs: Run[]) =>
    arrived(
      runs.map((run) => [run]),
      [window],
    )
  const arm = (counts: Record<string, Counts>, name: 'canary' | 'base', number: number) =>
    counts[`${rollout} ${name} ${station(number)}`] ?? noCounts

  test('is a pass when only an aborted run was before', () => {
    const counts = of(canary(1, { outcome: 'ABORTED' }), canary(2))
    expect(arm(counts, 'canary', 2)).toMatchObject({ units: 1, passed: 1, runs: 1 })
  })

  test('is not repeated by a retest: fail then pass is a failed unit with two runs', () => {
    const counts = of(canary(1, { outcome: 'FAIL' }), canary(2))
    expect(arm(counts, 'canary', 2)).toMatchObject({ units: 1, passed: 0, runs: 2 })
  })

  test('on base leaves the canary none, though the retest passes there', () => {
    const counts = of(aRun(1, { outcome: 'FAIL' }), canary(2))
    expect(arm(counts, 'base', 1)).toMatchObject({ units: 1, passed: 0, runs: 1 })
    expect(arm(counts, 'canary', 2)).toMatchObject({ units: 0, passed: 0, runs: 1 })
  })

  test('moves between the arms when an earlier run arrives late', () => {
    const counts = of(canary(2), aRun(1, { outcome: 'FAIL' }))
    expect(arm(counts, 'canary', 2)).toMatchObject({ units: 0, passed: 0, runs: 1 })
    expect(arm(counts, 'base', 1)).toMatchObject({ units: 1, passed: 0, runs: 1 })
  })

  test('leaves the rollout when the late run is from before it', () => {
    const counts = of(canary(2), aRun(1, { startedAt: t0 - hour }))
    expect(arm(counts, 'canary', 2)).toMatchObject({ units: 0, runs: 1 })
    expect(arm(counts, 'base', 1)).toEqual(noCounts)
  })

  test('that ends in an error or a timeout is a unit that did not pass', () => {
    const counts = of(canary(1, { outcome: 'ERROR' }), canary(2, { unit: 'b', outcome: 'TIMEOUT' }))
    expect(arm(counts, 'canary', 2)).toMatchObject({ units: 2, passed: 0, errors: 1, timeouts: 1 })
  })

  test('of two runs that start together is the one with the smaller id', () => {
    const [small, large] = [canary(1, { startedAt: t0 }), canary(2, { startedAt: t0, outcome: 'FAIL' })]
    expect(arm(of(large, small), 'canary', 2)).toMatchObject({ units: 1, passed: 1 })
    expect(of(large, small)).toEqual(of(small, large))
  })
})

describe('the arm of a run', () => {
  const run = { stationId: station(1), deploymentId: build, startedAt: t0 }

  test('is that of its build, not of the moment it arrives', () => {
    expect(armOf(run, window)).toBe('canary')
    expect(armOf({ ...run, deploymentId: base, startedAt: t0 + hour }, window)).toBe('base')
    expect(armOf({ ...run, deploymentId: thirdBuild }, window)).toBe('other')
  })

  test('is none outside the rollout’s time, its end not included', () => {
    const ended = { ...window, endedAt: t0 + hour }
    expect(armOf({ ...run, startedAt: t0 - 1 }, ended)).toBeNull()
    expect(armOf({ ...run, startedAt: t0 + hour - 1 }, ended)).toBe('canary')
    expect(armOf({ ...run, startedAt: t0 + hour }, ended)).toBeNull()
  })

  test('is none of a foreign station, and an unattributed run is never base', () => {
    expect(armOf({ ...run, stationId: station(9) }, window)).toBeNull()
    expect(armOf({ ...run, deploymentId: null }, window)).toBeNull()
  })
})
