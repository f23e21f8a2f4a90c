// What each station did on base before a rollout, frozen when it starts.
import { sql } from 'drizzle-orm'
import { countings } from '../server/domain/gates/counting.ts'
import { driftNoise } from '../server/domain/gates/drift-noise.ts'
import type { Gate } from '../server/domain/gates/gate.ts'
import { type MetricPast, metricPasts, type PastCounts } from '../server/domain/gates/metric-past.ts'
import { type UsualRates, usualRates } from '../server/domain/gates/mix.ts'
import type { DeploymentId, ProcedureId, RolloutId, StationId } from '../server/domain/ids.ts'
import type { Instant } from '../server/domain/instant.ts'
import { type Db, rows } from './client.ts'
import { type PastTotal, pastCounts } from './past-counts.ts'
import { saveDriftNoise } from './rollout-storage.ts'

/** Runs behind the usual duration and the usual gap of a station. */
const habitRuns = 200

type Starting = {
  id: RolloutId
  procedureId: ProcedureId
  baseDeploymentId: DeploymentId
  plan: { gates: Gate[] }
}

/**
 * Freezes what is known before the rollout: of each of its stations what it did on base, of the fleet the usual rates
 * by product and shift, and how much stations wander by themselves. What is frozen stays.
 */
export async function freezePasts(tx: Db, rollout: Starting, start: Instant): Promise<void> {
  const past = await pastOfNew(tx, rollout, start)
  if (!past) return
  const rates = usualRates(past.cells)
  await tx.execute(
    sql`update rollouts set usual_rates = ${JSON.stringify(rates)}::text::jsonb where id = ${rollout.id}::uuid`,
  )
  await saveDriftNoise(tx, rollout.id, driftNoise(past.days))
  await save(tx, rollout, past, rates, start)
}

/** The same of stations that came later, by the rates of the start. */
export async function freezeJoined(tx: Db, rollout: Starting, start: Instant): Promise<void> {
  const past = await pastOfNew(tx, rollout, start)
  if (!past) return
  const [frozen] = await rows<{ rates: UsualRates }>(
    tx,
    sql`select usual_rates as rates from rollouts where id = ${rollout.id}::uuid`,
  )
  await save(tx, rollout, past, frozen?.rates ?? {}, start)
}

type Past = PastCounts & { totals: PastTotal[] }

/** Of the stations without a past; null where there is none. */
async function pastOfNew(tx: Db, rollout: Starting, start: Instant): Promise<Past | null> {
  const { procedureId, baseDeploymentId, plan } = rollout
  const stations = await stationsWithoutPast(tx, rollout)
  return stations.length === 0
    ? null
    : pastCounts(tx, plan.gates, { procedureId, baseDeploymentId, start, stations })
}

async function save(tx: Db, rollout: Starting, past: Past, rates: UsualRates, start: Instant): Promise<void> {
  const stations = past.totals.map(({ stationId }) => stationId)
  const metrics = countings(rollout.plan.gates).map(({ key }) => key)
  await saveStationTotals(tx, rollout, past.totals, start)
  await saveMetricPasts(tx, rollout, metricPasts(stations, metrics, past, rates))
}

/** A rollout whose gates count nothing keeps no past by metric: then any run of the past tells that it is frozen. */
async function stationsWithoutPast(tx: Db, rollout: Starting): Promise<StationId[]> {
  const found = await rows<{ id: StationId }>(
    tx,
    sql`select s.station_id::text as id from rollout_stations s
        where s.procedure_id = ${rollout.procedureId}::uuid and s.rollout_id = ${rollout.id}::uuid and s.past_runs = 0
          and not exists (select 1 from station_pasts p where p.procedure_id = s.procedure_id
            and p.rollout_id = s.rollout_id and p.station_id = s.station_id)
        order by 1`,
  )
  return found.map(({ id }) => id)
}

/** What views show of the past, and the station's habits: the long end of its durations, the gap between its runs. */
async function saveStationTotals(
  tx: Db,
  rollout: Starting,
  totals: PastTotal[],
  start: Instant,
): Promise<void> {
  await tx.execute(
    sql`update rollout_stations target set past_units = past.units, past_bad = past.bad, past_runs = past.runs,
          past_errors = past.errors, past_timeouts = past.timeouts, past_p99_seconds = habit.p99, past_gap_seconds = habit.gap
        from jsonb_to_recordset(${JSON.stringify(totals)}::text::jsonb)
          as past ("stationId" uuid, units int, bad int, runs int, errors int, timeouts int)
        cross join lateral (
          select (percentile_cont(0.99) within group (order by date_part('epoch', ended_at - started_at)))::float8 as p99,
            (percentile_cont(0.5) within group (order by date_part('epoch', started_at - earlier)))::float8 as gap from (
            select started_at, ended_at, lag(started_at) over (order by started_at) as earlier from (
              select started_at, ended_at from runs t
              where t.procedure_id = ${rollout.procedureId}::uuid and t.station_id = past."stationId" and t.sample is null
                and not t.shadow
                and t.started_at < ${new Date(start).toISOString()}::timestamptz
              order by t.started_at desc limit ${habitRuns}) recent) spaced) habit
        where target.procedure_id = ${rollout.procedureId}::uuid and target.rollout_id = ${rollout.id}::uuid
          and target.station_id = past."stationId"`,
  )
}

async function saveMetricPasts(tx: Db, rollout: Starting, pasts: MetricPast[]): Promise<void> {
  for (let from = 0; from < pasts.length; from += pastPage)
    await tx.execute(
      sql`insert into station_pasts (procedure_id, rollout_id, station_id, metric, n, bad, expected, usual)
          select ${rollout.procedureId}::uuid, ${rollout.id}::uuid, p."stationId", p.metric, p.n, p.bad, p.expected, p.usual
          from jsonb_to_recordset(${JSON.stringify(pasts.slice(from, from + pastPage))}::text::jsonb)
            as p ("stationId" uuid, metric text, n int, bad int, expected float8, usual float8)`,
    )
}

/** About a megabyte of JSON a statement. */
const pastPage = 5_000
