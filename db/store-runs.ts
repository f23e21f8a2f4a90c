// Stores runs with all that is counted of them, in the caller's transaction. One statement a table, whatever the batch.
import { sql } from 'drizzle-orm'
import type { ProcedureId, RunId } from '../server/domain/ids.ts'
import type { Run } from '../server/domain/run.ts'
import { type FirstAttempt, tallyChange } from '../server/domain/tally.ts'
import { addTallies } from './add-tallies.ts'
import { type Db, rows } from './client.ts'
import { windowsFor } from './rollout-windows.ts'

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
  const change = tallyChange(added, known, await windowsFor(tx, procedureId, [...added, ...known]))
  await saveFirstAttempts(tx, procedureId, change.firstAttempts)
  await addTallies(tx, procedureId, change)
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
          started_at, ended_at, received_at, zoneless, detail, product, shift, sample, failure_mode, failure_text, measurement_count, metrics)
        select ${procedureId}::uuid, run.id, run."stationId", run."deploymentId", run."attributedBy", run.serial, run.unit,
          run.outcome, run."startedAt", run."endedAt", ${receivedAt.toISOString()}::timestamptz, run.zoneless, run.detail,
          run.product, run.shift, run.sample, run."failureMode", run."failureText", run."measurementCount", run.metrics
        from jsonb_to_recordset(${JSON.stringify(values)}::text::jsonb) as run (id uuid, "stationId" uuid,
          "deploymentId" uuid, "attributedBy" text, serial text, unit text, outcome text, "startedAt" timestamptz,
          "endedAt" timestamptz, zoneless boolean, detail jsonb, product text, shift smallint, sample text,
          "failureMode" text, "failureText" text, "measurementCount" int, metrics jsonb)
        on conflict do nothing
        returning id::text as id`,
  )
  return new Set(added.map((row) => row.id))
}

async function firstAttemptsOf(tx: Db, procedureId: ProcedureId, units: string[]): Promise<FirstAttempt[]> {
  return rows<FirstAttempt>(
    tx,
    sql`select unit, run_id::text as "runId", station_id::text as "stationId", deployment_id::text as "deploymentId",
          (extract(epoch from started_at) * 1000)::float8 as "startedAt", passed, product, shift::int as shift
        from first_attempts
        where procedure_id = ${procedureId}::uuid
          and unit in (select jsonb_array_elements_text(${JSON.stringify(units)}::text::jsonb))`,
  )
}

async function saveFirstAttempts(tx: Db, procedureId: ProcedureId, attempts: FirstAttempt[]): Promise<void> {
  if (attempts.length === 0) return
  const values = attempts
    .map((attempt) => ({ ...attempt, startedAt: new Date(attempt.startedAt).toISOString() }))
    .sort((a, b) => (a.unit < b.unit ? -1 : 1))
  await tx.execute(
    sql`insert into first_attempts (procedure_id, unit, run_id, station_id, deployment_id, started_at, passed, product, shift)
        select ${procedureId}::uuid, a.unit, a."runId", a."stationId", a."deploymentId", a."startedAt", a.passed, a.product, a.shift
        from jsonb_to_recordset(${JSON.stringify(values)}::text::jsonb)
          as a (unit text, "runId" uuid, "stationId" uuid, "deploymentId" uuid, "startedAt" timestamptz, passed boolean,
            product text, shift smallint)
        on conflict (procedure_id, unit, day) do update set run_id = excluded.run_id, station_id = excluded.station_id,
          deployment_id = excluded.deployment_id, started_at = excluded.started_at, passed = excluded.passed,
          product = excluded.product, shift = excluded.shift`,
  )
}
