// What a card and a verdict read of a rollout, with ever more stored runs behind them; and how long counting all anew takes.
import { sql } from 'drizzle-orm'
import postgres from 'postgres'
import { type Database, type Db, openDatabase, rows } from '../../../db/client.ts'
import { hourDrift } from '../../../db/hour-drift.ts'
import { rebuildTallies } from '../../../db/rebuild-tallies.ts'
import { loadRollout } from '../../../db/rollout-storage.ts'
import { hour } from '../../../server/domain/instant.ts'
import { isRunning } from '../../../server/domain/rollout/state.ts'
import { rolloutView } from '../../../server/rollout-view.ts'
import { verdictOf } from '../../../server/verdict-of.ts'
import { fillManyRuns } from '../fill-runs.ts'
import { type Fleet, pastRollout, seedFleet } from '../fleet.ts'
import type { Measure, Row } from '../measure.ts'
import type { Place } from '../place.ts'
import { interleaved, median, medianRatio } from '../rounds.ts'

export const metrics: Measure = {
  name: 'metrics',
  about: 'card and verdict of a rollout with 10^4, 10^6 and 10^7 stored runs; rebuild of the tallies',
  async run(place) {
    const sizes = place.quick ? [1_000, 10_000] : [10_000, 1_000_000, 10_000_000]
    const stored: Stored[] = []
    for (const count of sizes) stored.push(await store(place, count))
    const contenders: Record<string, () => Promise<number>> = {}
    for (const each of stored)
      for (const [name, read] of Object.entries(reads))
        contenders[`${name} ${each.count}`] = () => medianMs(() => read(each))
    const figures = await interleaved(place.rounds, contenders)
    const [first, ...more] = stored
    if (first === undefined) throw new Error('expected at least one size')
    const rowOf = (name: keyof typeof reads, { count }: Stored): Row => ({
      measure: `${name} at ${power(count)} stored runs`,
      ours: median(figures(`${name} ${count}`)),
      unit: 'ms',
      peer: { name: `at ${power(first.count)}`, figure: median(figures(`${name} ${first.count}`)) },
      ratio: medianRatio(figures(`${name} ${count}`), figures(`${name} ${first.count}`)),
      ...(name === 'counting the runs' ? {} : { goal: { at: 'most', figure: 1.2 } }),
      ...(count === 1e7 && name !== 'counting the runs' ? { name: 'metrics_1e7_vs_1e4' } : {}),
    })
    return [
      ...more.flatMap((each) => [
        rowOf('card', each),
        rowOf('verdict', each),
        rowOf('counting the runs', each),
      ]),
      ...more.flatMap((each) => [
        rebuilt(each, 'from nothing', each.rebuildMs),
        rebuilt(each, 'that finds nothing', each.mendMs),
      ]),
      await hourChecked(stored.at(-1) ?? first),
      await sized(stored.at(-1) ?? first),
    ]
  },
}

function rebuilt({ count, fillMs }: Stored, what: string, ms: number | null): Row {
  return {
    measure: `rebuild ${what}, of ${power(count)} runs`,
    ours: ms === null ? null : ms / 1000,
    unit: 's',
    ...(count === 1e7 ? { goal: { at: 'most', figure: 10 } } : {}),
    note: `first attempts, hours, arms and metrics; the runs were stored in ${(fillMs / 1000).toFixed(0)} s`,
  }
}

/** As the service does every hour with the one that has closed. */
async function hourChecked({ count, database, fleet }: Stored): Promise<Row> {
  const closed = Math.floor(Date.now() / hour) * hour - 24 * hour
  const found = await hourDrift(database.db, fleet.procedureId, closed)
  const ms = await medianMs(() => hourDrift(database.db, fleet.procedureId, closed))
  return {
    measure: `recount of a closed hour among ${power(count)} runs`,
    ours: ms,
    unit: 'ms',
    note: `some ${Math.round(count / 240).toLocaleString('en')} runs in that hour; ${found.length} counts differ from the stored runs`,
  }
}

/** Runs without phases: what a station sends in those comes on top. */
async function sized({ count, database }: Stored): Promise<Row> {
  const [found] = await rows<{ runs: number; attempts: number }>(
    database.db,
    sql`select (sum(pg_total_relation_size(relid)) / ${count}::float8)::float8 as runs,
          (pg_total_relation_size('first_attempts') / ${count}::float8)::float8 as attempts
        from pg_partition_tree('runs')`,
  )
  return {
    measure: `bytes a stored run, of ${power(count)}`,
    ours: (found?.runs ?? 0) + (found?.attempts ?? 0),
    unit: 'B',
    note: `${found?.runs.toFixed(0)} of the run with its indexes, ${found?.attempts.toFixed(0)} of its unit's first attempt`,
  }
}

type Stored = {
  count: number
  database: Database
  fleet: Awaited<ReturnType<typeof pastRollout>>
  fillMs: number
  rebuildMs: number
  /** Of the same again, when there is nothing to mend. Null: the first took too long to do it twice. */
  mendMs: number | null
}

/** A rebuild beyond it is done once: the whole bench is to end within half an hour. */
const longestMs = 120_000

/** The same stations and the same ten days whatever the count, all of it in the rollout. */
async function store(place: Place, count: number): Promise<Stored> {
  const where = await place.database('postgres')
  if (!('url' in where)) throw new Error('expected PostgreSQL')
  const to = new Date()
  const from = new Date(to.getTime() - 10 * 86_400_000)
  const fleet = await pastRollout(where, await seedFleet(where, 50, { at: from }), from)
  const begun = performance.now()
  await fillManyRuns(where.url, fleet, { count, from, to })
  const filled = performance.now()
  const database = await openDatabase(where)
  place.atEnd(() => database.close())
  await database.db.transaction((tx: Db) => rebuildTallies(tx, fleet.procedureId))
  const made = performance.now()
  await vacuum(where.url)
  const cleaned = performance.now()
  const isBearable = made - filled < longestMs
  if (isBearable) await database.db.transaction((tx: Db) => rebuildTallies(tx, fleet.procedureId))
  const mended = performance.now()
  place.say(`  ${power(count)} runs stored and counted`)
  return {
    count,
    database,
    fleet,
    fillMs: filled - begun,
    rebuildMs: made - filled,
    mendMs: isBearable ? mended - cleaned : null,
  }
}

/** As autovacuum does in its own time; of ten million rows it takes longer than a statement of the service may. */
async function vacuum(url: string): Promise<void> {
  const client = postgres(url, { max: 1, onnotice: () => {} })
  try {
    await client`vacuum (analyze)`
  } finally {
    await client.end()
  }
}

const reads = {
  card: ({ database, fleet }: Stored) => rolloutView(database.db, fleet.rolloutId, Date.now(), () => ''),
  verdict: ({ database, fleet }: Stored) =>
    database.db.transaction(async (tx: Db) => {
      const loaded = await loadRollout(tx, fleet.rolloutId)
      if (!loaded || !isRunning(loaded.state)) throw new Error('expected a rollout that runs')
      return verdictOf(tx, loaded.state, loaded, Date.now())
    }),
  'counting the runs': ({ database, fleet }: Stored) => countRuns(database.db, fleet),
}

/** What both would have to do without tallies, at the least. */
function countRuns(db: Db, { procedureId }: Fleet): Promise<unknown> {
  return rows(
    db,
    sql`select station_id, deployment_id, count(*)::int as runs, count(*) filter (where outcome = 'PASS')::int as passed,
          count(*) filter (where outcome = 'ERROR')::int as errors, count(*) filter (where outcome = 'TIMEOUT')::int as timeouts
        from runs where procedure_id = ${procedureId}::uuid group by station_id, deployment_id`,
  )
}

/** Of up to ten, as many as a second has room for. */
async function medianMs(read: () => Promise<unknown>): Promise<number> {
  const times: number[] = []
  const begun = performance.now()
  while (times.length < 10 && (times.length === 0 || performance.now() - begun < 1_000)) {
    const from = performance.now()
    await read()
    times.push(performance.now() - from)
  }
  return median(times)
}

function power(count: number): string {
  return `10^${Math.round(Math.log10(count))}`
}
