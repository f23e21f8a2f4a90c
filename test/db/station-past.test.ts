// What a station did on base before a rollout, frozen when it starts.
import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import type { z } from 'zod'
import { rows } from '../../db/client.ts'
import { freezeJoined, freezePasts } from '../../db/station-past.ts'
import { storeRuns } from '../../db/store-runs.ts'
import { defaultGates, gates } from '../../server/domain/gates/gate.ts'
import type { UsualRates } from '../../server/domain/gates/mix.ts'
import type { DeploymentId, RunId, StationId } from '../../server/domain/ids.ts'
import type { Run } from '../../server/domain/run.ts'
import { openTestDatabase } from '../support/open-test-database.ts'
import { type RawLine, rawLine, rawRollout } from '../support/raw-line.ts'
import { nothingFound } from '../support/run-builder.ts'

const { db } = await openTestDatabase()
const start = Date.parse('2026-05-22T06:00:00Z')
const minute = 60_000
const day = 24 * 60 * minute

type Said = Partial<Omit<Run, 'deploymentId' | 'stationId'>> & {
  deployment?: number
  station?: number
  seconds?: number
}

function run(
  line: RawLine,
  at: number,
  { deployment = 0, station = 0, seconds = 42, ...said }: Said = {},
): Run {
  return {
    id: randomUUID() as RunId,
    procedureId: line.procedureId,
    stationId: line.stations[station] as StationId,
    deploymentId: line.deployments[deployment] as DeploymentId,
    attributedBy: 'body',
    serial: 'S',
    unit: randomUUID(),
    outcome: 'PASS',
    startedAt: at,
    endedAt: at + seconds * 1000,
    zoneless: false,
    detail: {},
    ...nothingFound,
    ...said,
  }
}

type Options = { stations?: number; joining?: number; gates?: z.input<typeof gates> }

/** Stores the runs, starts a rollout of the first `stations` of the line and freezes their past. */
async function frozen(runs: (line: RawLine) => Run[], options: Options = {}) {
  const { stations = 1, joining = 0 } = options
  const plan = { gates: gates.parse(options.gates ?? defaultGates) }
  const line = await rawLine(db, { stations: stations + joining, deployments: 2 })
  const id = await rawRollout(db, line, {
    canary: 1,
    base: 0,
    stations: line.stations.slice(0, stations),
    from: start,
    to: null,
    gates: plan.gates,
  })
  const store = (some: Run[]) => db.transaction((tx) => storeRuns(tx, some, new Date(start)))
  await store(runs(line))
  const { procedureId } = line
  const rollout = { procedureId, id, baseDeploymentId: line.deployments[0] as DeploymentId, plan }
  const freeze = () => db.transaction((tx) => freezePasts(tx, rollout, start))
  await freeze()
  const past = async (place = 0) =>
    (
      await rows<Record<string, number | null>>(
        db,
        sql`select past_units as units, past_bad as bad, past_runs as runs, past_errors as errors, past_timeouts as timeouts,
              past_p99_seconds as p99, past_gap_seconds as gap from rollout_stations
            where rollout_id = ${id}::uuid and station_id = ${line.stations[place]}::uuid`,
      )
    )[0]
  /** By the key of the counting. */
  const metrics = async (place = 0) => {
    const found = await rows<{
      metric: string
      n: number
      bad: number
      expected: number
      usual: number | null
    }>(
      db,
      sql`select metric, n, bad, expected, usual from station_pasts
          where rollout_id = ${id}::uuid and station_id = ${line.stations[place]}::uuid`,
    )
    return Object.fromEntries(found.map(({ metric, ...counts }) => [metric, counts]))
  }
  const fleet = async () => {
    const [found] = await rows<{ rates: UsualRates; noise: Record<string, number> }>(
      db,
      sql`select usual_rates as rates, drift_noise as noise from rollouts where id = ${id}::uuid`,
    )
    return found ?? { rates: {}, noise: {} }
  }
  /** A station of the line comes to the rollout after its start. */
  const join = async (place: number) => {
    await db.execute(
      sql`insert into rollout_stations (procedure_id, rollout_id, station_id, progress)
          values (${procedureId}::uuid, ${id}::uuid, ${line.stations[place]}::uuid, '{"status":"queued"}'::jsonb)
          on conflict do nothing`,
    )
    await db.transaction((tx) => freezeJoined(tx, rollout, start))
  }
  return { line, store, freeze, past, metrics, fleet, join }
}

test('it counts base in the fourteen days before the start, neither earlier nor after, and no other build', async () => {
  const { past, metrics } = await frozen((line) => [
    run(line, start - 14 * day - 1),
    run(line, start - 14 * day),
    run(line, start - day, { outcome: 'FAIL' }),
    run(line, start - day + minute, { outcome: 'ERROR' }),
    run(line, start - day + 2 * minute, { outcome: 'TIMEOUT' }),
    run(line, start - day + 3 * minute, { outcome: 'ABORTED' }),
    run(line, start - day + 4 * minute, { deployment: 1 }),
    run(line, start - day + 5 * minute, { sample: 'failing', outcome: 'FAIL', seconds: 4_000 }),
    run(line, start - 1),
    run(line, start),
  ])
  expect(await past()).toMatchObject({ units: 5, bad: 3, runs: 5, errors: 1, timeouts: 1 })
  expect(await metrics()).toMatchObject({
    'first-pass yield': { n: 5, bad: 3, usual: null },
    'error rate': { n: 5, bad: 1, usual: null },
    'timeout rate': { n: 5, bad: 1, usual: null },
  })
})

test('it keeps the usual gap and the long end of durations, of whichever build', async () => {
  const { past } = await frozen((line) =>
    Array.from({ length: 101 }, (_, index) =>
      run(line, start - (101 - index) * 5 * minute, { seconds: index, deployment: index % 2 }),
    ),
  )
  expect(await past()).toMatchObject({ gap: 300, p99: 99 })
})

test('the run of a reference sample is no habit', async () => {
  const { past } = await frozen((line) => [
    ...Array.from({ length: 20 }, (_, index) => run(line, start - (index + 1) * 5 * minute)),
    ...Array.from({ length: 20 }, (_, index) =>
      run(line, start - (index + 1) * 5 * minute + 1000, { sample: 'ignored', seconds: 900 }),
    ),
  ])
  expect(await past()).toMatchObject({ gap: 300, p99: 42 })
})

test('a station that never ran has no past, and no habit', async () => {
  const { past, metrics, fleet } = await frozen(() => [])
  const none = { n: 0, bad: 0, expected: 0, usual: null }
  expect(await metrics()).toEqual({
    'first-pass yield': none,
    'error rate': none,
    'timeout rate': none,
    duration: none,
  })
  expect(await fleet()).toEqual({ rates: {}, noise: {} })
  expect(await past()).toEqual({ units: 0, bad: 0, runs: 0, errors: 0, timeouts: 0, p99: null, gap: null })
})

test('only the last two thousand count', async () => {
  const { past, metrics } = await frozen((line) =>
    Array.from({ length: 2_100 }, (_, index) =>
      run(line, start - (index + 1) * 1000, { outcome: index < 2_000 ? 'PASS' : 'FAIL' }),
    ),
  )
  expect(await past()).toMatchObject({ units: 2_000, bad: 0, runs: 2_000 })
  expect(await metrics()).toMatchObject({
    'first-pass yield': { n: 2_000, bad: 0 },
    'error rate': { n: 2_000 },
  })
})

test('what is frozen stays: a late run of the days before does not change it, nor does freezing again', async () => {
  const { line, store, freeze, past, metrics, fleet, join } = await frozen((own) => [run(own, start - day)])
  const before = [await past(), await metrics(), await fleet()]
  await store([run(line, start - 2 * day, { outcome: 'FAIL' })])
  await freeze()
  await join(0)
  expect([await past(), await metrics(), await fleet()]).toEqual(before)
})

test('what is frozen stays where no gate counts, too', async () => {
  const { line, store, past, join } = await frozen((own) => [run(own, start - day)], {
    gates: [{ metric: 'reference samples' }],
  })
  const before = await past()
  expect(before).toMatchObject({ units: 1, runs: 1 })
  await store([run(line, start - 2 * day, { outcome: 'FAIL' })])
  await join(0)
  expect(await past()).toEqual(before)
})

test('a station that joins gets a past of its own, by the rates of the start', async () => {
  const { line, store, metrics, fleet, join } = await frozen(
    (own) => [
      ...Array.from({ length: 50 }, (_, index) => run(own, start - (index + 1) * minute, { product: 'A' })),
      ...Array.from({ length: 20 }, (_, index) =>
        run(own, start - (index + 1) * minute, { station: 1, product: 'B' }),
      ),
    ],
    { joining: 1 },
  )
  const { rates } = await fleet()
  await store([run(line, start + minute, { station: 1, outcome: 'FAIL' })])
  await join(1)
  expect(await fleet()).toMatchObject({ rates })
  const own = rates['first-pass yield']?.[''] ?? Number.NaN
  expect((await metrics(1))['first-pass yield']).toEqual({
    n: 20,
    bad: 0,
    expected: expect.closeTo(20 * own, 12),
    usual: null,
  })
  expect((await metrics(0))['first-pass yield']?.n).toBe(50)
})

test('the fleet’s rate by product and shift is drawn to its own, and each station’s past is weighed by what it made', async () => {
  const many = (own: RawLine, count: number, bad: number, said: Said) =>
    Array.from({ length: count }, (_, index) =>
      run(own, start - (index + 1) * minute - (said.shift ?? 0), {
        ...said,
        outcome: index < bad ? 'FAIL' : 'PASS',
      }),
    )
  const { metrics, fleet } = await frozen(
    (own) => [
      ...many(own, 100, 1, { product: 'A', shift: 0 }),
      ...many(own, 100, 3, { product: 'A', shift: 1 }),
      ...many(own, 50, 10, { product: 'B', shift: 0, station: 1 }),
      ...many(own, 30, 0, { product: 'A', shift: 1, station: 1 }),
      ...many(own, 5, 0, { station: 1 }),
    ],
    { stations: 2 },
  )
  const rate = 14.5 / 286
  const near = (bad: number, n: number) => (bad + 50 * rate) / (n + 50)
  const wanted = { '': rate, '0 A': near(1, 100), '1 A': near(3, 130), '0 B': near(10, 50), '0 ': near(0, 5) }
  const found = (await fleet()).rates['first-pass yield'] ?? {}
  expect(Object.keys(found).sort()).toEqual(Object.keys(wanted).sort())
  for (const [name, value] of Object.entries(wanted)) expect(found[name]).toBeCloseTo(value, 12)
  const yields = [(await metrics(0))['first-pass yield'], (await metrics(1))['first-pass yield']]
  expect(yields).toMatchObject([
    { n: 200, bad: 4 },
    { n: 85, bad: 10 },
  ])
  expect(yields[0]?.expected).toBeCloseTo(100 * wanted['0 A'] + 100 * wanted['1 A'], 9)
  expect(yields[1]?.expected).toBeCloseTo(50 * wanted['0 B'] + 30 * wanted['1 A'] + 5 * wanted['0 '], 9)
})

test('the usual duration is the median of the station’s own PASS runs, and half of them lie beyond it', async () => {
  const { metrics } = await frozen((own) => [
    ...[10, 20, 30, 40, 50, 60].map((seconds) => run(own, start - seconds * minute, { seconds })),
    ...[1, 2, 3].map((seconds) => run(own, start - seconds * minute, { seconds, outcome: 'FAIL' })),
    run(own, start - minute, { seconds: 9_000, outcome: 'ABORTED' }),
    run(own, start - minute, { seconds: 8_000, sample: 'golden' }),
  ])
  expect((await metrics()).duration).toMatchObject({ n: 6, bad: 3, usual: 35_000 })
})

test('what is measured says nothing on a station with fewer than five values', async () => {
  const { metrics, fleet } = await frozen(
    (own) => [
      ...[1, 2, 3, 4].map((number) => run(own, start - number * minute)),
      ...[1, 2, 3, 4, 5].map((number) => run(own, start - number * minute, { station: 1 })),
      run(own, start - 9 * minute, { outcome: 'FAIL' }),
    ],
    { stations: 2 },
  )
  expect((await metrics(0)).duration).toEqual({ n: 0, bad: 0, expected: 0, usual: null })
  expect((await metrics(1)).duration).toMatchObject({ n: 5, bad: 0, usual: 42_000 })
  expect((await fleet()).rates.duration).toHaveProperty(['0 '])
})

/** What the database counts by itself, as the process would: the same gates written as custom ones. */
const builtIn: z.input<typeof gates> = [
  { metric: 'error rate' },
  { metric: 'timeout rate' },
  { metric: 'duration', name: 'd', direction: 'either', shiftRelative: 0.2 },
  { metric: 'measurement coverage', name: 'c' },
]
const custom: z.input<typeof gates> = [
  { metric: 'custom', name: 'own errors', statistic: 'behaviour', expression: 'outcome != "ERROR"' },
  { metric: 'custom', name: 'own timeouts', statistic: 'behaviour', expression: 'outcome != "TIMEOUT"' },
  { metric: 'custom', name: 'own d', statistic: 'quantile', read: 'ms', direction: 'either' },
  { metric: 'custom', name: 'own c', statistic: 'quantile', read: 'measured', direction: 'decrease' },
]
const twins = {
  'error rate': 'own errors',
  'timeout rate': 'own timeouts',
  'd, increase': 'own d, increase',
  'd, decrease': 'own d, decrease',
  c: 'own c',
}

test('the database and the process count the same past: n, bad, expected, usual, rates and drift noise', async () => {
  let state = 7
  const random = (below: number) => {
    state = (state * 48_271) % 2_147_483_647
    return state % below
  }
  const outcomes = ['PASS', 'PASS', 'PASS', 'FAIL', 'ERROR', 'TIMEOUT', 'ABORTED'] as const
  const { metrics, fleet } = await frozen(
    (own) =>
      Array.from({ length: 900 }, () => {
        const seconds = 30 + random(40)
        const outcome = outcomes[random(outcomes.length)] ?? 'PASS'
        const measurementCount = random(4) === 0 ? null : 3 + random(4)
        return run(own, start - 1 - random(14 * 24 * 60) * minute, {
          station: random(3),
          seconds,
          outcome,
          measurementCount,
          product: ['A', 'B', null][random(3)] ?? null,
          shift: random(3),
          sample: random(20) === 0 ? 'golden' : null,
          metrics:
            outcome === 'PASS'
              ? { ms: seconds * 1000, ...(measurementCount === null ? {} : { measured: measurementCount }) }
              : {},
        })
      }),
    { stations: 3, gates: [...builtIn, ...custom] },
  )
  const { rates, noise } = await fleet()
  for (const [key, twin] of Object.entries(twins)) {
    for (const place of [0, 1, 2]) {
      const found = await metrics(place)
      expect([key, found[twin]]).toEqual([
        key,
        { ...found[key], expected: expect.closeTo(found[key]?.expected ?? -1, 9) },
      ])
      expect(found[key]?.n).toBeGreaterThan(50)
    }
    expect(rates[twin]).toEqual(rates[key])
    expect(noise[twin]).toBeCloseTo(noise[key] ?? Number.NaN, 12)
  }
})

test('custom countings read the last five hundred runs of each station, in pages', {
  timeout: 120_000,
}, async () => {
  const stations = 12
  const { metrics } = await frozen(
    (own) =>
      Array.from({ length: stations * 600 }, (_, index) =>
        run(own, start - Math.floor(index / stations + 1) * minute, {
          station: index % stations,
          metrics: { retries: index < stations * 500 ? index % 2 : 9 },
        }),
      ),
    {
      stations,
      gates: [{ metric: 'custom', name: 'retries', statistic: 'rate', read: 'retries', above: 2 }],
    },
  )
  for (let place = 0; place < stations; place++)
    expect((await metrics(place)).retries).toMatchObject({ n: 500, bad: 0 })
})

test('a custom mean is of the station’s own past; runs without the number are not counted', async () => {
  const { metrics } = await frozen(
    (own) => [
      ...[1, 2, 3, 4, 10].map((mA, index) => run(own, start - (index + 1) * minute, { metrics: { mA } })),
      run(own, start - 9 * minute),
    ],
    { gates: [{ metric: 'custom', name: 'current', statistic: 'mean', read: 'mA' }] },
  )
  expect((await metrics()).current).toMatchObject({ n: 5, bad: 1, usual: 4 })
})
