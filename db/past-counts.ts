// What the gates count in the stations' past on base, by product and shift and by day, before it is frozen.
import { type SQL, sql } from 'drizzle-orm'
import type { Gate } from '../server/domain/gates/gate.ts'
import { type PastCounts, type PastRun, pastOfRuns } from '../server/domain/gates/metric-past.ts'
import { leastValues } from '../server/domain/gates/usual-number.ts'
import type { DeploymentId, ProcedureId, StationId } from '../server/domain/ids.ts'
import { day, type Instant } from '../server/domain/instant.ts'
import {
  counted,
  type GateCountings,
  gateCountings,
  jsonOf,
  type Measure,
  measuredColumns,
  runCounts,
  runKeys,
} from './built-in-countings.ts'
import { type Db, rows } from './client.ts'
import { pages } from './pages.ts'

export type PastWindow = {
  procedureId: ProcedureId
  baseDeploymentId: DeploymentId
  /** The past ends there. */
  start: Instant
  stations: StationId[]
}

const windowDays = 14
/** First attempts, and runs, of each station. */
const mostCounted = 2_000
/** Runs of each station that come to the process, for what only it can decide. */
const mostRead = 500

/** What each station did in all: what views show of its past. */
export type PastTotal = {
  stationId: StationId
  units: number
  bad: number
  runs: number
  errors: number
  timeouts: number
}

/** Base in the last 14 days before `start`, at most the last 2,000 of each station; no reference samples. */
export async function pastCounts(
  tx: Db,
  gates: Gate[],
  window: PastWindow,
): Promise<PastCounts & { totals: PastTotal[] }> {
  const asked = gateCountings(gates)
  const attempts = await pastAttempts(tx, asked, window)
  const runs = await pastRuns(tx, asked, window)
  const custom = await customPast(tx, asked, window)
  const parts = [attempts, runs, custom]
  return {
    cells: parts.flatMap(({ cells }) => cells),
    days: parts.flatMap(({ days }) => days),
    usual: parts.flatMap(({ usual }) => usual),
    totals: window.stations.map((stationId) => ({
      stationId,
      ...{ units: 0, bad: 0, runs: 0, errors: 0, timeouts: 0 },
      ...attempts.totals.get(stationId),
      ...runs.totals.get(stationId),
    })),
  }
}

type PastOf = PastCounts & { totals: Map<StationId, Partial<PastTotal>> }
/** Counts of one product and shift, or, where `day` is told, of one day. */
type Found = {
  stationId: StationId
  product: string | null
  shift: number
  day: number | null
  counts: number[]
}

async function pastAttempts(tx: Db, { attempts }: GateCountings, window: PastWindow): Promise<PastOf> {
  const found = await rows<Found>(
    tx,
    sql`select s.station_id::text as "stationId", t.product, t.shift::int as shift, t.day,
          jsonb_build_array(count(*), count(*) filter (where not t.passed)) as counts
        from ${lastOf('first_attempts', sql`passed`, window, mostCounted)}
        group by grouping sets ((s.station_id, t.product, t.shift), (s.station_id, t.day))`,
  )
  const totals: PastOf['totals'] = new Map()
  for (const {
    stationId,
    counts: [n = 0, bad = 0],
    day: ofDay,
  } of found) {
    if (ofDay !== null) continue
    const { units = 0, bad: before = 0 } = totals.get(stationId) ?? {}
    totals.set(stationId, { units: units + n, bad: before + bad })
  }
  return { ...cellsAndDays(found, attempts), usual: [], totals }
}

async function pastRuns(tx: Db, asked: GateCountings, window: PastWindow): Promise<PastOf> {
  const keys = runKeys(asked)
  const found = await rows<
    Found & { totals: [number, number, number]; usual: Record<Measure['of'], number | null> }
  >(
    tx,
    sql`with recent as materialized (select s.station_id, t.* from ${lastOf('runs', sql`outcome, ${measuredColumns}`, window, mostCounted)}),
        usual as (select station_id, ${median('passed_ms')}, ${median('passed_measurements')} from recent group by station_id)
        select t.station_id::text as "stationId", t.product, t.shift::int as shift, t.day,
          ${jsonOf(runCounts(asked, ({ of }) => sql.raw(`u.${of}`), null))} as counts,
          jsonb_build_array(count(*), count(*) filter (where t.outcome = 'ERROR'), count(*) filter (where t.outcome = 'TIMEOUT')) as totals,
          jsonb_build_object('passed_ms', min(u.passed_ms), 'passed_measurements', min(u.passed_measurements)) as usual
        from recent t join usual u on u.station_id = t.station_id
        group by grouping sets ((t.station_id, t.product, t.shift), (t.station_id, t.day))`,
  )
  const totals: PastOf['totals'] = new Map()
  const usualOf = new Map<StationId, Record<Measure['of'], number | null>>()
  for (const { stationId, totals: counts, usual: numbers, day: ofDay } of found) {
    usualOf.set(stationId, numbers)
    if (ofDay !== null) continue
    const { runs = 0, errors = 0, timeouts = 0 } = totals.get(stationId) ?? {}
    totals.set(stationId, {
      runs: runs + counts[0],
      errors: errors + counts[1],
      timeouts: timeouts + counts[2],
    })
  }
  return {
    ...cellsAndDays(found, keys),
    usual: [...usualOf].flatMap(([stationId, numbers]) =>
      asked.measures.map(({ key, of }) => ({ stationId, metric: key, usual: numbers[of] })),
    ),
    totals,
  }
}

function median(of: Measure['of']): SQL {
  const middle = sql`percentile_cont(0.5) within group (order by ${sql.raw(of)})`
  return sql`case when count(${sql.raw(of)}) >= ${leastValues}::int then ${middle} end as ${sql.raw(of)}`
}

function cellsAndDays(found: Found[], keys: string[]): Pick<PastCounts, 'cells' | 'days'> {
  return {
    cells: found.flatMap(({ stationId, product, shift, day: ofDay, counts }) =>
      ofDay === null ? counted(keys, counts).map((count) => ({ stationId, product, shift, ...count })) : [],
    ),
    days: found.flatMap(({ stationId, day: ofDay, counts }) =>
      ofDay === null ? [] : counted(keys, counts).map((count) => ({ stationId, day: ofDay, ...count })),
    ),
  }
}

/** One station after the other: only a page and one station's runs stand in memory. */
async function customPast(tx: Db, { custom }: GateCountings, window: PastWindow): Promise<PastCounts> {
  const past: PastCounts = { cells: [], days: [], usual: [] }
  if (custom.length === 0) return past
  let runs: (PastRun & { stationId: StationId })[] = []
  const take = () => {
    const stationId = runs[0]?.stationId
    if (stationId === undefined) return
    const { cells, days, usual } = pastOfRuns(stationId, custom, runs)
    past.cells.push(...cells)
    past.days.push(...days)
    past.usual.push(...usual)
    runs = []
  }
  const read = sql`started_at, ended_at, outcome, measurement_count, metrics`
  const statement = sql`select s.station_id::text as "stationId", t.outcome, t.measurement_count as "measurementCount", t.metrics,
      t.product, t.shift::int as shift, (extract(epoch from t.started_at) * 1000)::float8 as "startedAt",
      (extract(epoch from t.ended_at) * 1000)::float8 as "endedAt"
    from ${lastOf('runs', read, window, mostRead)} order by s.station_id`
  for await (const page of pages<PastRun & { stationId: StationId }>(tx, statement))
    for (const run of page) {
      if (runs[0]?.stationId !== run.stationId) take()
      runs.push(run)
    }
  take()
  return past
}

/** The last rows `t` of each station `s` of the window, with product, shift and the day that each is of. */
function lastOf(table: 'runs' | 'first_attempts', columns: SQL, window: PastWindow, most: number): SQL {
  const from = new Date(window.start - windowDays * day).toISOString()
  const to = new Date(window.start).toISOString()
  return sql`(select station::uuid as station_id
      from jsonb_array_elements_text(${JSON.stringify(window.stations)}::text::jsonb) station) s
    cross join lateral (
      select product, shift, floor(date_part('epoch', started_at) / 86400)::int as day, ${columns} from ${sql.raw(table)}
      where procedure_id = ${window.procedureId}::uuid and station_id = s.station_id
        and deployment_id = ${window.baseDeploymentId}::uuid
        and started_at >= ${from}::timestamptz and started_at < ${to}::timestamptz
        ${table === 'runs' ? sql`and outcome <> 'ABORTED' and sample is null and not shadow` : sql``}
      order by started_at desc limit ${sql.raw(String(most))}) t`
}
