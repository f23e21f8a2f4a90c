// Adds what new runs change to the tallies: one statement a table, whatever the batch.
import { sql } from 'drizzle-orm'
import type { ProcedureId } from '../server/domain/ids.ts'
import type { MetricTally } from '../server/domain/metric-tally.ts'
import type { ArmDelta, HourlyDelta, TallyChange } from '../server/domain/tally.ts'
import type { Db } from './client.ts'
import { preparedRows } from './prepared.ts'
import { recordset } from './recordset.ts'

/** Stands for the deployment of runs that nobody could attribute. */
export const nilId = '00000000-0000-0000-0000-000000000000'

/** What changes of one procedure. */
export type ProcedureTallies = Omit<TallyChange, 'firstAttempts'> & { procedureId: ProcedureId }

/** Of several procedures, in an order that every writer keeps: else two would wait for each other's rows. */
export async function addTallies(tx: Db, changes: ProcedureTallies[]): Promise<void> {
  const of = <Delta>(deltas: (change: ProcedureTallies) => Delta[]) =>
    changes.flatMap((change) =>
      deltas(change).map((delta) => ({ procedureId: change.procedureId, ...delta })),
    )
  await Promise.all([
    addHourly(
      tx,
      of(({ hourly }) => hourly),
    ),
    addArms(
      tx,
      of(({ arms }) => arms),
    ),
    addMetrics(
      tx,
      of(({ metrics }) => metrics),
    ),
  ])
}

type OfProcedure<Delta> = (Delta & { procedureId: ProcedureId })[]

const countNames = ['units', 'passed', 'runs', 'errors', 'timeouts', 'pass_runs', 'pass_ms']
const countColumns = sql.raw(countNames.join(', '))
const countValues = sql.raw('d.units, d.passed, d.runs, d.errors, d.timeouts, d."passRuns", d."passMs"')
const countTypes = {
  units: 'int',
  passed: 'int',
  runs: 'int',
  errors: 'int',
  timeouts: 'int',
  passRuns: 'int',
  passMs: 'bigint',
} as const
const hourlyColumns = {
  procedureId: 'uuid',
  deploymentId: 'uuid',
  stationId: 'uuid',
  hour: 'timestamptz',
  ...countTypes,
} as const
const armColumns = {
  procedureId: 'uuid',
  rolloutId: 'uuid',
  arm: 'text',
  stationId: 'uuid',
  ...countTypes,
} as const
const metricColumns = {
  procedureId: 'uuid',
  rolloutId: 'uuid',
  arm: 'text',
  stationId: 'uuid',
  metric: 'text',
  shift: 'smallint',
  n: 'int',
  bad: 'int',
  expected: 'float8',
} as const
const sums = (table: string, columns: string[]) =>
  sql.raw(columns.map((column) => `${column} = ${table}.${column} + excluded.${column}`).join(', '))

async function addHourly(tx: Db, deltas: OfProcedure<HourlyDelta>): Promise<void> {
  if (deltas.length === 0) return
  const values = deltas.map(({ counts, ...where }) => ({
    ...where,
    ...counts,
    deploymentId: where.deploymentId ?? nilId,
    hour: new Date(where.hour).toISOString(),
  }))
  await preparedRows(
    tx,
    'add hourly tallies',
    sql`insert into hourly_tallies (procedure_id, deployment_id, station_id, hour, ${countColumns})
        select d."procedureId", d."deploymentId", d."stationId", d.hour, ${countValues}
        from ${recordset('d', values, hourlyColumns)}
        on conflict (procedure_id, deployment_id, station_id, hour) do update set ${sums('hourly_tallies', countNames)}`,
  )
}

async function addArms(tx: Db, deltas: OfProcedure<ArmDelta>): Promise<void> {
  if (deltas.length === 0) return
  const values = deltas.map(({ counts, ...where }) => ({ ...where, ...counts }))
  await preparedRows(
    tx,
    'add tallies of arms',
    sql`insert into arm_tallies (procedure_id, rollout_id, arm, station_id, ${countColumns})
        select d."procedureId", d."rolloutId", d.arm, d."stationId", ${countValues}
        from ${recordset('d', values, armColumns)}
        on conflict (procedure_id, rollout_id, arm, station_id) do update set ${sums('arm_tallies', countNames)}`,
  )
}

export async function addMetrics(tx: Db, deltas: OfProcedure<MetricTally>): Promise<void> {
  if (deltas.length === 0) return
  await preparedRows(
    tx,
    'add tallies of metrics',
    sql`insert into metric_tallies (procedure_id, rollout_id, arm, station_id, metric, shift, n, bad, expected)
        select d."procedureId", d."rolloutId", d.arm, d."stationId", d.metric, d.shift, d.n, d.bad, d.expected
        from ${recordset('d', deltas, metricColumns)}
        on conflict (procedure_id, rollout_id, arm, station_id, metric, shift) do update set ${sums('metric_tallies', ['n', 'bad', 'expected'])}`,
  )
}
