// Stores runs with all that is counted of them, in the caller's transaction. One statement a table, whatever the batch.
import { sql } from 'drizzle-orm'
import { type AttemptSettings, attemptDay } from '../server/domain/attempt-rule.ts'
import type { ProcedureId, RunId } from '../server/domain/ids.ts'
import { day } from '../server/domain/instant.ts'
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
  const { known, ...settings } = await firstAttemptsOf(tx, procedureId, added)
  const windows = await windowsFor(tx, procedureId, [...added, ...known])
  const change = tallyChange(added, known, windows, attemptDay(settings))
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
          started_at, ended_at, received_at, zoneless, detail, product, shift, sample, failure_mode, failure_text, measurement_count, metrics, shadow)
        select ${procedureId}::uuid, run.id, run."stationId", run."deploymentId", run."attributedBy", run.serial, run.unit,
          run.outcome, run."startedAt", run."endedAt", ${receivedAt.toISOString()}::timestamptz, run.zoneless, run.detail,
          run.product, run.shift, run.sample, run."failureMode", run."failureText", run."measurementCount", run.metrics, run.shadow
        from jsonb_to_recordset(${JSON.stringify(values)}::text::jsonb) as run (id uuid, "stationId" uuid,
          "deploymentId" uuid, "attributedBy" text, serial text, unit text, outcome text, "startedAt" timestamptz,
          "endedAt" timestamptz, zoneless boolean, detail jsonb, product text, shift smallint, sample text,
          "failureMode" text, "failureText" text, "measurementCount" int, metrics jsonb, shadow boolean)
        on conflict do nothing
        returning id::text as id`,
  )
  return new Set(added.map((row) => row.id))
}

/**
 * Those of the units, and by which rule they are: read under the lock and in one statement, since a change of the rule
 * counts everything anew. By day those of the days around the runs are enough.
 */
async function firstAttemptsOf(
  tx: Db,
  procedureId: ProcedureId,
  added: Run[],
): Promise<AttemptSettings & { known: FirstAttempt[] }> {
  const units = [...new Set(added.map((run) => run.unit))]
  const starts = added.map((run) => run.startedAt)
  const found = await rows<AttemptSettings & { known: FirstAttempt[] }>(
    tx,
    sql`select p.attempt_rule as "attemptRule", p.zone, (
          select coalesce(jsonb_agg(jsonb_build_object('unit', f.unit, 'day', f.day, 'runId', f.run_id,
            'stationId', f.station_id, 'deploymentId', f.deployment_id,
            'startedAt', (extract(epoch from f.started_at) * 1000)::float8, 'passed', f.passed, 'product', f.product,
            'shift', f.shift)), '[]'::jsonb)
          from first_attempts f
          where f.procedure_id = ${procedureId}::uuid
            and f.unit in (select jsonb_array_elements_text(${JSON.stringify(units)}::text::jsonb))
            and (p.attempt_rule = 'ever' or f.started_at between
              ${new Date(Math.min(...starts) - 2 * day).toISOString()}::timestamptz
              and ${new Date(Math.max(...starts) + 2 * day).toISOString()}::timestamptz)) as known
        from procedures p where p.id = ${procedureId}::uuid`,
  )
  const [settings] = found
  if (!settings) throw new Error(`expected a procedure ${procedureId} to store runs of, found none`)
  return settings
}

async function saveFirstAttempts(tx: Db, procedureId: ProcedureId, attempts: FirstAttempt[]): Promise<void> {
  if (attempts.length === 0) return
  const values = attempts
    .map((attempt) => ({ ...attempt, startedAt: new Date(attempt.startedAt).toISOString() }))
    .sort((a, b) => (a.unit < b.unit || (a.unit === b.unit && a.day < b.day) ? -1 : 1))
  await tx.execute(
    sql`insert into first_attempts (procedure_id, unit, day, run_id, station_id, deployment_id, started_at, passed, product, shift)
        select ${procedureId}::uuid, a.unit, a.day, a."runId", a."stationId", a."deploymentId", a."startedAt", a.passed, a.product, a.shift
        from jsonb_to_recordset(${JSON.stringify(values)}::text::jsonb)
          as a (unit text, day text, "runId" uuid, "stationId" uuid, "deploymentId" uuid, "startedAt" timestamptz, passed boolean,
            product text, shift smallint)
        on conflict (procedure_id, unit, day) do update set run_id = excluded.run_id, station_id = excluded.station_id,
          deployment_id = excluded.deployment_id, started_at = excluded.started_at, passed = excluded.passed,
          product = excluded.product, shift = excluded.shift`,
  )
}
