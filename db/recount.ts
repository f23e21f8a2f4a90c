// Counts a rollout anew from the stored runs: when its window or its stations change, and to check the tallies.
import { sql } from 'drizzle-orm'
import type { ProcedureId, RolloutId } from '../server/domain/ids.ts'
import { type CountedCell, metricSums } from '../server/domain/metric-tally.ts'
import { addMetrics } from './add-tallies.ts'
import type { Db } from './client.ts'
import { countedCells } from './counted-cells.ts'
import { countsThere } from './counts-there.ts'
import { type RolloutWindow, windowOf } from './rollout-windows.ts'
import { runsKeptSince } from './run-deletion.ts'
import { firstId } from './run-partitions.ts'

/** Gives what counting run by run gave. The caller holds the procedure's lock. Where runs were deleted the counts stay. */
export async function recount(tx: Db, procedureId: ProcedureId, rolloutId: RolloutId): Promise<void> {
  const window = await windowOf(tx, procedureId, rolloutId)
  if (!window || (await hasLostRuns(tx, window))) return
  await recountArms(tx, procedureId, window)
  await replaceMetrics(tx, procedureId, window, await countedCells(tx, procedureId, window))
}

async function hasLostRuns(tx: Db, { startedAt }: RolloutWindow): Promise<boolean> {
  const since = await runsKeptSince(tx)
  return since !== null && startedAt < since
}

async function recountArms(
  tx: Db,
  procedureId: ProcedureId,
  { rolloutId, startedAt }: RolloutWindow,
): Promise<void> {
  await tx.execute(
    sql`delete from arm_tallies where procedure_id = ${procedureId}::uuid and rollout_id = ${rolloutId}::uuid`,
  )
  const claimed = (table: string) => sql`
    ${sql.raw(table)} t join rollouts r on r.procedure_id = t.procedure_id and r.id = ${rolloutId}::uuid
      join rollout_stations s on s.procedure_id = t.procedure_id and s.rollout_id = r.id and s.station_id = t.station_id
    where t.procedure_id = ${procedureId}::uuid and t.deployment_id is not null
      and t.started_at >= r.started_at and (r.ended_at is null or t.started_at < r.ended_at)
      and ${countsThere('t.started_at', 's')}`
  const arm = sql.raw(
    `case t.deployment_id when r.deployment_id then 'canary' when r.base_deployment_id then 'base' else 'other' end`,
  )
  await tx.execute(
    sql`insert into arm_tallies (procedure_id, rollout_id, arm, station_id, units, passed, runs, errors, timeouts, pass_runs, pass_ms)
        select ${procedureId}::uuid, ${rolloutId}::uuid, arm, station_id, sum(units), sum(passed), sum(runs), sum(errors),
          sum(timeouts), sum(pass_runs), sum(pass_ms)
        from (
          select ${arm} as arm, t.station_id, 0 as units, 0 as passed, 1 as runs, (t.outcome = 'ERROR')::int as errors,
            (t.outcome = 'TIMEOUT')::int as timeouts, (t.outcome = 'PASS')::int as pass_runs,
            case when t.outcome = 'PASS' then round(extract(epoch from t.ended_at - t.started_at) * 1000) else 0 end as pass_ms
          from ${claimed('runs')} and t.id >= ${firstId(Math.floor(startedAt))}::uuid and t.outcome <> 'ABORTED' and t.sample is null and not t.shadow
          union all
          select ${arm}, t.station_id, 1, t.passed::int, 0, 0, 0, 0, 0 from ${claimed('first_attempts')}
        ) counted
        group by arm, station_id`,
  )
}

/** With what was counted of this rollout. */
export async function replaceMetrics(
  tx: Db,
  procedureId: ProcedureId,
  window: RolloutWindow,
  cells: CountedCell[],
): Promise<void> {
  await tx.execute(
    sql`delete from metric_tallies where procedure_id = ${procedureId}::uuid and rollout_id = ${window.rolloutId}::uuid`,
  )
  const sums = metricSums()
  for (const cell of cells) sums.add(window, cell)
  const tallies = sums.tallies()
  for (let from = 0; from < tallies.length; from += tallyPage)
    await addMetrics(
      tx,
      tallies.slice(from, from + tallyPage).map((tally) => ({ procedureId, ...tally })),
    )
}

/** About a megabyte of JSON a statement. */
const tallyPage = 5_000
