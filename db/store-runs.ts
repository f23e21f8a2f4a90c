// Stores runs with all that is counted of them, in the caller's transaction. One statement a table, whatever the batch.
import { sql } from 'drizzle-orm'
import type { ProcedureId, RolloutId, RunId, StationId } from '../server/domain/ids.ts'
import type { Run } from '../server/domain/run.ts'
import { type FirstAttempt, type TallyChange, tallyChange, type Window } from '../server/domain/tally.ts'
import { type Db, rows } from './client.ts'

export const nilId = '00000000-0000-0000-0000-000000000000'

/**
 * Stores the runs of one procedure and counts those that are new.
 * Takes the procedure's advisory lock, so that first attempts and windows cannot change underneath.
 * @returns the ids that were not stored before.
 */
export async function storeRuns(
  tx: Db,
  procedureId: ProcedureId,
  runs: Run[],
  receivedAt: Date,
): Promise<Set<RunId>> {
  await lockProcedure(tx, procedureId)
  const distinct = [...new Map(runs.map((run) => [run.id, run])).values()].sort((a, b) =>
    a.id < b.id ? -1 : 1,
  )
  const inserted = await insertNew(tx, procedureId, distinct, receivedAt)
  const added = distinct.filter((run) => inserted.has(run.id))
  if (added.length === 0) return inserted
  const known = await firstAttemptsOf(tx, procedureId, [...new Set(added.map((run) => run.unit))])
  const earliest = Math.min(...added.map((run) => run.startedAt))
  const change = tallyChange(added, known, await windowsSince(tx, procedureId, new Date(earliest)))
  await saveFirstAttempts(tx, procedureId, change.firstAttempts)
  await addHourly(tx, procedureId, change.hourly)
  await addArms(tx, procedureId, change.arms)
  return inserted
}

/** Serialises all that changes the counts of a procedure, until the transaction ends. */
export async function lockProcedure(tx: Db, procedureId: ProcedureId): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${procedureId}, 0))`)
}

async function insertNew(
  tx: Db,
  procedureId: ProcedureId,
  runs: Run[],
  receivedAt: Date,
): Promise<Set<RunId>> {
  const values = runs.map((run) => ({
    ...run,
    startedAt: new Date(run.startedAt).toISOString(),
    endedAt: new Date(run.endedAt).toISOString(),
  }))
  const added = await rows<{ id: RunId }>(
    tx,
    sql`insert into runs (procedure_id, id, station_id, deployment_id, attributed_by, serial, unit, outcome,
          started_at, ended_at, received_at, zoneless, detail)
        select ${procedureId}::uuid, run.id, run."stationId", run."deploymentId", run."attributedBy", run.serial, run.unit,
          run.outcome, run."startedAt", run."endedAt", ${receivedAt.toISOString()}::timestamptz, run.zoneless, run.detail
        from jsonb_to_recordset(${JSON.stringify(values)}::text::jsonb) as run (id uuid, "stationId" uuid,
          "deploymentId" uuid, "attributedBy" text, serial text, unit text, outcome text, "startedAt" timestamptz,
          "endedAt" timestamptz, zoneless boolean, detail jsonb)
        on conflict do nothing
        returning id::text as id`,
  )
  return new Set(added.map((row) => row.id))
}

async function firstAttemptsOf(tx: Db, procedureId: ProcedureId, units: string[]): Promise<FirstAttempt[]> {
  return rows<FirstAttempt>(
    tx,
    sql`select unit, run_id::text as "runId", station_id::text as "stationId", deployment_id::text as "deploymentId",
          (extract(epoch from started_at) * 1000)::float8 as "startedAt", passed
        from first_attempts
        where procedure_id = ${procedureId}::uuid
          and unit in (select jsonb_array_elements_text(${JSON.stringify(units)}::text::jsonb))`,
  )
}

/** Rollouts of the procedure that may claim runs that started at or after `earliest`. */
async function windowsSince(tx: Db, procedureId: ProcedureId, earliest: Date): Promise<Window[]> {
  const found = await rows<Omit<Window, 'stations'> & { stations: StationId[] }>(
    tx,
    sql`select r.id::text as "rolloutId", r.deployment_id::text as "deploymentId", r.base_deployment_id::text as "baseDeploymentId",
          (extract(epoch from r.started_at) * 1000)::float8 as "startedAt", (extract(epoch from r.ended_at) * 1000)::float8 as "endedAt",
          (select coalesce(jsonb_agg(s.station_id), '[]'::jsonb) from rollout_stations s
            where s.procedure_id = r.procedure_id and s.rollout_id = r.id) as stations
        from rollouts r
        where r.procedure_id = ${procedureId}::uuid and r.started_at is not null
          and (r.ended_at is null or r.ended_at > ${earliest.toISOString()}::timestamptz)`,
  )
  return found.map((window) => ({ ...window, stations: new Set(window.stations) }))
}

async function saveFirstAttempts(tx: Db, procedureId: ProcedureId, attempts: FirstAttempt[]): Promise<void> {
  if (attempts.length === 0) return
  const values = attempts
    .map((attempt) => ({ ...attempt, startedAt: new Date(attempt.startedAt).toISOString() }))
    .sort((a, b) => (a.unit < b.unit ? -1 : 1))
  await tx.execute(
    sql`insert into first_attempts (procedure_id, unit, run_id, station_id, deployment_id, started_at, passed)
        select ${procedureId}::uuid, a.unit, a."runId", a."stationId", a."deploymentId", a."startedAt", a.passed
        from jsonb_to_recordset(${JSON.stringify(values)}::text::jsonb)
          as a (unit text, "runId" uuid, "stationId" uuid, "deploymentId" uuid, "startedAt" timestamptz, passed boolean)
        on conflict (procedure_id, unit) do update set run_id = excluded.run_id, station_id = excluded.station_id,
          deployment_id = excluded.deployment_id, started_at = excluded.started_at, passed = excluded.passed`,
  )
}

const countColumns = sql.raw('units, passed, runs, errors, timeouts, pass_runs, pass_ms')
const countValues = sql.raw('d.units, d.passed, d.runs, d.errors, d.timeouts, d."passRuns", d."passMs"')
const countShape = sql.raw(
  'units int, passed int, runs int, errors int, timeouts int, "passRuns" int, "passMs" bigint',
)
const countSums = (table: string) =>
  sql.raw(
    ['units', 'passed', 'runs', 'errors', 'timeouts', 'pass_runs', 'pass_ms']
      .map((column) => `${column} = ${table}.${column} + excluded.${column}`)
      .join(', '),
  )

async function addHourly(tx: Db, procedureId: ProcedureId, deltas: TallyChange['hourly']): Promise<void> {
  if (deltas.length === 0) return
  const values = deltas.map(({ counts, ...where }) => ({
    ...where,
    ...counts,
    deploymentId: where.deploymentId ?? nilId,
    hour: new Date(where.hour).toISOString(),
  }))
  await tx.execute(
    sql`insert into hourly_tallies (procedure_id, deployment_id, station_id, hour, ${countColumns})
        select ${procedureId}::uuid, d."deploymentId", d."stationId", d.hour, ${countValues}
        from jsonb_to_recordset(${JSON.stringify(values)}::text::jsonb)
          as d ("deploymentId" uuid, "stationId" uuid, hour timestamptz, ${countShape})
        on conflict (procedure_id, deployment_id, station_id, hour) do update set ${countSums('hourly_tallies')}`,
  )
}

async function addArms(tx: Db, procedureId: ProcedureId, deltas: TallyChange['arms']): Promise<void> {
  if (deltas.length === 0) return
  const values = deltas.map(({ counts, ...where }) => ({ ...where, ...counts }))
  await tx.execute(
    sql`insert into arm_tallies (procedure_id, rollout_id, arm, station_id, ${countColumns})
        select ${procedureId}::uuid, d."rolloutId", d.arm, d."stationId", ${countValues}
        from jsonb_to_recordset(${JSON.stringify(values)}::text::jsonb)
          as d ("rolloutId" uuid, arm text, "stationId" uuid, ${countShape})
        on conflict (procedure_id, rollout_id, arm, station_id) do update set ${countSums('arm_tallies')}`,
  )
}

/**
 * Counts a rollout's arms anew from the stored runs: when its window or its stations change, and to check the tallies.
 * The caller holds the procedure's lock.
 */
export async function recountArms(tx: Db, procedureId: ProcedureId, rolloutId: RolloutId): Promise<void> {
  await tx.execute(
    sql`delete from arm_tallies where procedure_id = ${procedureId}::uuid and rollout_id = ${rolloutId}::uuid`,
  )
  const claimed = (table: string) => sql`
    ${sql.raw(table)} t join rollouts r on r.procedure_id = t.procedure_id and r.id = ${rolloutId}::uuid
      join rollout_stations s on s.procedure_id = t.procedure_id and s.rollout_id = r.id and s.station_id = t.station_id
    where t.procedure_id = ${procedureId}::uuid and t.deployment_id is not null
      and t.started_at >= r.started_at and (r.ended_at is null or t.started_at < r.ended_at)`
  const arm = sql.raw(
    `case t.deployment_id when r.deployment_id then 'canary' when r.base_deployment_id then 'base' else 'other' end`,
  )
  await tx.execute(
    sql`insert into arm_tallies (procedure_id, rollout_id, arm, station_id, ${countColumns})
        select ${procedureId}::uuid, ${rolloutId}::uuid, arm, station_id, sum(units), sum(passed), sum(runs), sum(errors),
          sum(timeouts), sum(pass_runs), sum(pass_ms)
        from (
          select ${arm} as arm, t.station_id, 0 as units, 0 as passed, 1 as runs, (t.outcome = 'ERROR')::int as errors,
            (t.outcome = 'TIMEOUT')::int as timeouts, (t.outcome = 'PASS')::int as pass_runs,
            case when t.outcome = 'PASS' then round(extract(epoch from t.ended_at - t.started_at) * 1000) else 0 end as pass_ms
          from ${claimed('runs')} and t.outcome <> 'ABORTED'
          union all
          select ${arm}, t.station_id, 1, t.passed::int, 0, 0, 0, 0, 0 from ${claimed('first_attempts')}
        ) counted
        group by arm, station_id`,
  )
}
