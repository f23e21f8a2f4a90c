// Stores runs with all that is counted of them, in the caller's transaction. One statement a table, whatever the batch.
import { sql } from 'drizzle-orm'
import { type AttemptSettings, attemptDay } from '../server/domain/attempt-rule.ts'
import type { ProcedureId, RunId } from '../server/domain/ids.ts'
import { day } from '../server/domain/instant.ts'
import type { Run } from '../server/domain/run.ts'
import { type FirstAttempt, tallyChange } from '../server/domain/tally.ts'
import { addTallies } from './add-tallies.ts'
import type { Db } from './client.ts'
import { preparedRows } from './prepared.ts'
import { recordset } from './recordset.ts'
import { windowsFor } from './rollout-windows.ts'

/**
 * Stores the runs and counts those that are new.
 * Takes the advisory locks of their procedures, so that first attempts and windows cannot change underneath.
 * @returns the ids that were not stored before.
 */
export async function storeRuns(tx: Db, runs: Run[], receivedAt: Date): Promise<Set<RunId>> {
  const distinct = inOrder([...new Map(runs.map((run) => [run.id, run])).values()])
  const byProcedure = Map.groupBy(distinct, (run) => run.procedureId)
  // Sent one behind the other without a wait between them: the connection keeps their order.
  const [, inserted, attempts] = await Promise.all([
    lockProcedures(tx, [...byProcedure.keys()]),
    insertNew(tx, distinct, receivedAt),
    firstAttemptsOf(tx, byProcedure),
  ])
  const added = [...byProcedure].flatMap(([procedureId, own]) => {
    const found = attempts.get(procedureId)
    if (!found) throw new Error(`expected a procedure ${procedureId} to store runs of, found none`)
    const fresh = own.filter((run) => inserted.has(run.id))
    return fresh.length === 0 ? [] : [{ procedureId, runs: fresh, ...found }]
  })
  if (added.length === 0) return inserted
  const windows = await windowsFor(
    tx,
    added.map(({ procedureId, runs: own, known }) => ({ procedureId, toCount: [...own, ...known] })),
  )
  const changes = added.map(({ procedureId, runs: own, known, ...settings }) => ({
    procedureId,
    ...tallyChange(own, known, windows.get(procedureId) ?? [], attemptDay(settings)),
  }))
  await Promise.all([saveFirstAttempts(tx, changes), addTallies(tx, changes)])
  return inserted
}

/** Of procedures and of ids: whoever takes several locks or rows takes them in one order, or two would wait for each other. */
function inOrder(runs: Run[]): Run[] {
  const keyOf = (run: Run) => `${run.procedureId}/${run.id}`
  return runs.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
}

/** Serialises all that changes the counts of a procedure, until the transaction ends. */
export async function lockProcedure(tx: Db, procedureId: ProcedureId): Promise<void> {
  await lockProcedures(tx, [procedureId])
}

/** Those of the locks that nobody else has now: they are taken, and the others not waited for. */
export async function freeProcedures(tx: Db, ids: ProcedureId[]): Promise<Set<ProcedureId>> {
  const found = await preparedRows<{ id: ProcedureId }>(
    tx,
    'lock free procedures',
    sql`select id from jsonb_array_elements_text(${JSON.stringify(ids)}::text::jsonb) as id
        where pg_try_advisory_xact_lock(hashtextextended(id, 0))`,
  )
  return new Set(found.map(({ id }) => id))
}

/** In the order given. */
async function lockProcedures(tx: Db, ids: ProcedureId[]): Promise<void> {
  await preparedRows(
    tx,
    'lock procedures',
    sql`select pg_advisory_xact_lock(hashtextextended(id, 0))::text
        from jsonb_array_elements_text(${JSON.stringify(ids)}::text::jsonb) as id`,
  )
}

async function insertNew(tx: Db, runs: Run[], receivedAt: Date): Promise<Set<RunId>> {
  const values = runs.map((run) => ({
    ...run,
    startedAt: new Date(run.startedAt).toISOString(),
    endedAt: new Date(run.endedAt).toISOString(),
  }))
  const added = await preparedRows<{ id: RunId }>(
    tx,
    'insert runs',
    sql`insert into runs (procedure_id, id, station_id, deployment_id, attributed_by, serial, unit, outcome,
          started_at, ended_at, received_at, zoneless, detail, product, shift, sample, failure_mode, failure_text, measurement_count, metrics, shadow)
        select run."procedureId", run.id, run."stationId", run."deploymentId", run."attributedBy", run.serial, run.unit,
          run.outcome, run."startedAt", run."endedAt", ${receivedAt.toISOString()}::timestamptz, run.zoneless, run.detail,
          run.product, run.shift, run.sample, run."failureMode", run."failureText", run."measurementCount", run.metrics, run.shadow
        from ${recordset('run', values, runColumns)}
        on conflict do nothing
        returning id::text as id`,
  )
  return new Set(added.map((row) => row.id))
}

const runColumns = {
  procedureId: 'uuid',
  id: 'uuid',
  stationId: 'uuid',
  deploymentId: 'uuid',
  attributedBy: 'text',
  serial: 'text',
  unit: 'text',
  outcome: 'text',
  startedAt: 'timestamptz',
  endedAt: 'timestamptz',
  zoneless: 'boolean',
  detail: 'jsonb',
  product: 'text',
  shift: 'smallint',
  sample: 'text',
  failureMode: 'text',
  failureText: 'text',
  measurementCount: 'int',
  metrics: 'jsonb',
  shadow: 'boolean',
} as const

const attemptColumns = {
  procedureId: 'uuid',
  unit: 'text',
  day: 'text',
  runId: 'uuid',
  stationId: 'uuid',
  deploymentId: 'uuid',
  startedAt: 'timestamptz',
  passed: 'boolean',
  product: 'text',
  shift: 'smallint',
} as const

type KnownAttempts = AttemptSettings & { known: FirstAttempt[] }

/**
 * Those of the units, and by which rule they are: read under the lock and in one statement, since a change of the rule
 * counts everything anew. By day those of the days around the runs are enough. `offset 0`: one look into the index for
 * each unit. Left to choose, PostgreSQL read all units of a procedure while its statistics were those of a small table
 * (1.3 ms a run instead of 0.06).
 */
async function firstAttemptsOf(
  tx: Db,
  byProcedure: Map<ProcedureId, Run[]>,
): Promise<Map<ProcedureId, KnownAttempts>> {
  const asked = [...byProcedure].map(([procedureId, runs]) => {
    const starts = runs.map((run) => run.startedAt)
    return {
      procedureId,
      units: [...new Set(runs.map((run) => run.unit))],
      from: new Date(Math.min(...starts) - 2 * day).toISOString(),
      to: new Date(Math.max(...starts) + 2 * day).toISOString(),
    }
  })
  const found = await preparedRows<KnownAttempts & { procedureId: ProcedureId }>(
    tx,
    'first attempts of units',
    sql`select p.id::text as "procedureId", p.attempt_rule as "attemptRule", p.zone, (
          select coalesce(jsonb_agg(jsonb_build_object('unit', f.unit, 'day', f.day, 'runId', f.run_id,
            'stationId', f.station_id, 'deploymentId', f.deployment_id,
            'startedAt', (extract(epoch from f.started_at) * 1000)::float8, 'passed', f.passed, 'product', f.product,
            'shift', f.shift)), '[]'::jsonb)
          from jsonb_array_elements_text(asked.units) wanted (unit)
          cross join lateral (select * from first_attempts
            where procedure_id = p.id and unit = wanted.unit
              and (p.attempt_rule = 'ever' or started_at between asked."from" and asked."to")
            offset 0) f) as known
        from jsonb_to_recordset(${JSON.stringify(asked)}::text::jsonb)
            as asked ("procedureId" uuid, units jsonb, "from" timestamptz, "to" timestamptz)
          join procedures p on p.id = asked."procedureId"`,
  )
  return new Map(found.map(({ procedureId, ...attempts }) => [procedureId, attempts]))
}

async function saveFirstAttempts(
  tx: Db,
  changes: { procedureId: ProcedureId; firstAttempts: FirstAttempt[] }[],
): Promise<void> {
  const values = changes.flatMap(({ procedureId, firstAttempts }) =>
    firstAttempts
      .map((attempt) => ({
        procedureId,
        ...attempt,
        startedAt: new Date(attempt.startedAt).toISOString(),
      }))
      .sort((a, b) => (a.unit < b.unit || (a.unit === b.unit && a.day < b.day) ? -1 : 1)),
  )
  if (values.length === 0) return
  await preparedRows(
    tx,
    'save first attempts',
    sql`insert into first_attempts (procedure_id, unit, day, run_id, station_id, deployment_id, started_at, passed, product, shift)
        select a."procedureId", a.unit, a.day, a."runId", a."stationId", a."deploymentId", a."startedAt", a.passed, a.product, a.shift
        from ${recordset('a', values, attemptColumns)}
        on conflict (procedure_id, unit, day) do update set run_id = excluded.run_id, station_id = excluded.station_id,
          deployment_id = excluded.deployment_id, started_at = excluded.started_at, passed = excluded.passed,
          product = excluded.product, shift = excluded.shift`,
  )
}
