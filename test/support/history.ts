// Random histories of runs on a line, and what is true of them by a recount that shares nothing with the product.
import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { type Db, rows } from '../../db/client.ts'
import type { DeploymentId, ProcedureId, StationId } from '../../server/domain/ids.ts'
import { outcomes, type Run, unitOf } from '../../server/domain/run.ts'
import { makeRunId } from '../../server/run-id.ts'

type Ids = { procedureId: ProcedureId; stations: StationId[]; deployments: DeploymentId[] }

/** Batches of runs in any order, with repeats inside a batch and across batches, retests and mixed case. */
export function histories(ids: Ids, from: number, minutes: number): fc.Arbitrary<Run[][]> {
  const run = fc
    .record({
      station: fc.constantFrom(...ids.stations),
      deployment: fc.option(fc.constantFrom(...ids.deployments), { nil: null, freq: 6 }),
      unit: fc.integer({ min: 1, max: 12 }),
      upper: fc.boolean(),
      outcome: fc.constantFrom(...outcomes),
      // Coarse, so that runs of a unit begin together now and then.
      minute: fc.integer({ min: 0, max: minutes - 1 }),
      seconds: fc.integer({ min: 0, max: 90 }),
      found: fc.record({
        product: fc.constantFrom('A', 'B', 'C', null),
        shift: fc.integer({ min: 0, max: 2 }),
        shadow: fc.constantFrom(false, false, false, false, false, true),
        sample: fc.constantFrom(null, null, null, null, null, null, 'golden' as const, 'ignored' as const),
        failureMode: fc.constantFrom(null, 'flux', 'short'),
        failureText: fc.constantFrom(null, 'flux on pad 7, got 3.1 V'),
        measurementCount: fc.option(fc.integer({ min: 2, max: 6 })),
        metrics: fc.record(
          { mA: fc.integer({ min: 3, max: 10 }), retries: fc.integer({ min: 0, max: 3 }) },
          { requiredKeys: [] },
        ),
      }),
    })
    .map(({ station, deployment, unit, upper, outcome, minute, seconds, found }): Run => {
      const serial = `${upper ? 'SN' : 'sn'}-${unit}`
      const startedAt = from + minute * 60_000
      const key = { stationId: station, procedureId: ids.procedureId, unit: unitOf(serial), startedAt }
      return {
        id: makeRunId(key),
        procedureId: ids.procedureId,
        stationId: station,
        deploymentId: deployment,
        attributedBy: deployment ? 'body' : 'none',
        serial,
        unit: unitOf(serial),
        outcome,
        startedAt,
        endedAt: startedAt + seconds * 1000,
        zoneless: false,
        detail: {},
        ...found,
      }
    })
  return fc
    .array(run, { minLength: 1, maxLength: 80, size: 'max' })
    .chain((runs) =>
      fc.tuple(
        fc.shuffledSubarray(runs, { minLength: runs.length }),
        fc.array(fc.constantFrom(...runs), { maxLength: 20 }),
        fc.array(fc.integer({ min: 1, max: 25 }), { minLength: 1, maxLength: 12 }),
      ),
    )
    .map(([runs, repeats, sizes]) => batchesOf([...runs, ...repeats], sizes))
}

function batchesOf(runs: Run[], sizes: number[]): Run[][] {
  const batches: Run[][] = []
  for (let from = 0, turn = 0; from < runs.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1
    batches.push(runs.slice(from, from + size))
    from += size
  }
  return batches
}

export type Counted = {
  key: string
  units: number
  passed: number
  runs: number
  errors: number
  timeouts: number
  passRuns: number
  passMs: number
}
export type MetricCounted = { key: string; n: number; bad: number; expected: number }
export type Counts = {
  hourly: Counted[]
  arms: Counted[]
  firstAttempts: { unit: string; day: string; run: string; passed: boolean }[]
}

/** What the product counted; rows of zeros are as good as none. */
export async function tallied(db: Db, procedureId: ProcedureId): Promise<Counts> {
  const numbers = sql.raw(
    'units, passed, runs, errors, timeouts, pass_runs as "passRuns", pass_ms::float8 as "passMs"',
  )
  const any = sql.raw('(units, passed, runs, errors, timeouts, pass_runs, pass_ms) <> (0, 0, 0, 0, 0, 0, 0)')
  return {
    hourly: await rows(
      db,
      sql`select deployment_id || '/' || station_id || '/' || extract(epoch from hour)::bigint as key, ${numbers}
          from hourly_tallies where procedure_id = ${procedureId}::uuid and ${any} order by 1`,
    ),
    arms: await rows(
      db,
      sql`select rollout_id || '/' || arm || '/' || station_id as key, ${numbers}
          from arm_tallies where procedure_id = ${procedureId}::uuid and ${any} order by 1`,
    ),
    firstAttempts: await rows(
      db,
      sql`select unit, day, run_id::text as run, passed from first_attempts where procedure_id = ${procedureId}::uuid order by unit, day`,
    ),
  }
}

/** What the product counted for the gates; what is expected is rounded, since sums come in any order. */
export async function talliedMetrics(db: Db, procedureId: ProcedureId): Promise<MetricCounted[]> {
  return rows(
    db,
    sql`select rollout_id || '/' || arm || '/' || station_id || '/' || metric || '/' || shift as key, n, bad,
          round(expected::numeric, 9)::float8 as expected
        from metric_tallies where procedure_id = ${procedureId}::uuid and (n, bad) <> (0, 0) order by 1`,
  )
}

/** The same from the raw runs alone. */
export async function recounted(db: Db, procedureId: ProcedureId): Promise<Counts> {
  const counted = sql`
    with production as (
      select r.*, lower(trim(serial)) as own_unit,
        case p.attempt_rule when 'day' then (started_at at time zone p.zone)::date::text else '' end as day
      from runs r join procedures p on p.id = r.procedure_id
      where p.id = ${procedureId}::uuid and outcome <> 'ABORTED' and sample is null and not shadow),
    first as (
      select distinct on (own_unit, day) own_unit as unit, day, id from production order by own_unit, day, started_at, id),
    counted as (
      select r.*, f.id is not null as is_first from production r left join first f on f.id = r.id)`
  const numbers = sql.raw(`
    (count(*) filter (where is_first))::int as units,
    (count(*) filter (where is_first and outcome = 'PASS'))::int as passed,
    count(*)::int as runs,
    (count(*) filter (where outcome = 'ERROR'))::int as errors,
    (count(*) filter (where outcome = 'TIMEOUT'))::int as timeouts,
    (count(*) filter (where outcome = 'PASS'))::int as "passRuns",
    (coalesce(sum(round(extract(epoch from c.ended_at - c.started_at) * 1000)) filter (where outcome = 'PASS'), 0))::float8 as "passMs"`)
  return {
    hourly: await rows(
      db,
      sql`${counted} select coalesce(deployment_id, '00000000-0000-0000-0000-000000000000') || '/' || station_id || '/' ||
            extract(epoch from date_trunc('hour', c.started_at))::bigint as key, ${numbers}
          from counted c group by 1 order by 1`,
    ),
    arms: await rows(
      db,
      sql`${counted} select o.id || '/' || case c.deployment_id when o.deployment_id then 'canary' when o.base_deployment_id then 'base'
            else 'other' end || '/' || c.station_id as key, ${numbers}
          from counted c join rollouts o on o.procedure_id = c.procedure_id and c.started_at >= o.started_at
            and (o.ended_at is null or c.started_at < o.ended_at)
          where c.deployment_id is not null
            and exists (select 1 from rollout_stations s where s.rollout_id = o.id and s.station_id = c.station_id)
          group by 1 order by 1`,
    ),
    firstAttempts: await rows(
      db,
      sql`${counted} select f.unit, f.day, f.id::text as run, r.outcome = 'PASS' as passed
          from first f join runs r on r.procedure_id = ${procedureId}::uuid and r.id = f.id order by f.unit, f.day`,
    ),
  }
}
