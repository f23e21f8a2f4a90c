// Adds what new runs change to the tallies: one statement a table, whatever the batch.
import { sql } from 'drizzle-orm'
import type { ProcedureId } from '../server/domain/ids.ts'
import type { TallyChange } from '../server/domain/tally.ts'
import type { Db } from './client.ts'

/** Stands for the deployment of runs that nobody could attribute. */
export const nilId = '00000000-0000-0000-0000-000000000000'

export async function addTallies(tx: Db, procedureId: ProcedureId, change: TallyChange): Promise<void> {
  await addHourly(tx, procedureId, change.hourly)
  await addArms(tx, procedureId, change.arms)
  await addMetrics(tx, procedureId, change.metrics)
}

const countNames = ['units', 'passed', 'runs', 'errors', 'timeouts', 'pass_runs', 'pass_ms']
const countColumns = sql.raw(countNames.join(', '))
const countValues = sql.raw('d.units, d.passed, d.runs, d.errors, d.timeouts, d."passRuns", d."passMs"')
const countShape = sql.raw(
  'units int, passed int, runs int, errors int, timeouts int, "passRuns" int, "passMs" bigint',
)
const sums = (table: string, columns: string[]) =>
  sql.raw(columns.map((column) => `${column} = ${table}.${column} + excluded.${column}`).join(', '))

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
        on conflict (procedure_id, deployment_id, station_id, hour) do update set ${sums('hourly_tallies', countNames)}`,
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
        on conflict (procedure_id, rollout_id, arm, station_id) do update set ${sums('arm_tallies', countNames)}`,
  )
}

export async function addMetrics(
  tx: Db,
  procedureId: ProcedureId,
  deltas: TallyChange['metrics'],
): Promise<void> {
  if (deltas.length === 0) return
  await tx.execute(
    sql`insert into metric_tallies (procedure_id, rollout_id, arm, station_id, metric, shift, n, bad, expected)
        select ${procedureId}::uuid, d."rolloutId", d.arm, d."stationId", d.metric, d.shift, d.n, d.bad, d.expected
        from jsonb_to_recordset(${JSON.stringify(deltas)}::text::jsonb)
          as d ("rolloutId" uuid, arm text, "stationId" uuid, metric text, shift smallint, n int, bad int, expected float8)
        on conflict (procedure_id, rollout_id, arm, station_id, metric, shift) do update set ${sums('metric_tallies', ['n', 'bad', 'expected'])}`,
  )
}
